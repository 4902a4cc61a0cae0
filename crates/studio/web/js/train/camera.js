// The camera: its live picture, and frames of it.

import { fill, h } from '../dom.js';
import { t } from '../messages.js';

const KEY = 'oneiric.camera';
/** Pixels of the shorter side of a frame. */
const SIDE = 320;
const QUALITY = 0.9;

/** Creates the picture of the camera; `start` opens it, `stop` closes it. */
export function createCamera(label) {
  const video = h('video', { muted: true, playsInline: true, autoplay: true, 'aria-label': label });
  const message = h('p', { class: 'camera-message', role: 'status' });
  const choice = h('select', { 'aria-label': t('train.camera.label'), hidden: true, onchange: () => { localStorage.setItem(KEY, choice.value); start(); } });
  const element = h('div', { class: 'camera' }, h('div', { class: 'camera-frame' }, video, message), choice);
  const canvas = document.createElement('canvas');
  let stream = null;
  let turn = 0;

  /** Opens the camera. Returns whether it is on. */
  async function start() {
    stop();
    const mine = turn;
    message.textContent = t('train.camera.starting');
    try {
      const opened = await openStream(localStorage.getItem(KEY));
      if (mine !== turn) { end(opened); return false; }
      stream = opened;
    } catch (error) {
      if (mine === turn) message.textContent = cameraProblem(error);
      return false;
    }
    const [track] = stream.getVideoTracks();
    track.addEventListener('ended', () => { message.textContent = t('train.camera.disconnected'); });
    video.classList.toggle('is-mirrored', track.getSettings().facingMode !== 'environment');
    video.srcObject = stream;
    await video.play().catch(() => {});
    message.textContent = '';
    await offer(track.getSettings().deviceId);
    return mine === turn;
  }

  /** Offers the cameras, if there are several. */
  async function offer(current) {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
    fill(choice, cameras.map(({ deviceId, label: name }, at) => h('option', { value: deviceId, selected: deviceId === current }, name || t('train.camera.numbered', { n: at + 1 }))));
    choice.hidden = cameras.length < 2;
  }

  function stop() {
    turn += 1;
    end(stream);
    stream = null;
    video.srcObject = null;
  }

  /** The picture that the camera sees now, as a JPEG; null while there is none. */
  function grab() {
    const { videoWidth: width, videoHeight: height } = video;
    if (!stream || !width || video.readyState < 2) return Promise.resolve(null);
    const scale = Math.min(1, SIDE / Math.min(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, 'image/jpeg', QUALITY); });
  }

  return { element, start, stop, grab, get isOn() { return Boolean(stream); } };
}

const end = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** Opens the camera that was chosen last, or else any. */
async function openStream(device) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('', 'InsecureContextError');
  const open = (more) => navigator.mediaDevices.getUserMedia({ audio: false, video: { width: { ideal: 640 }, height: { ideal: 480 }, ...more } });
  if (!device) return open({ facingMode: 'user' });
  return open({ deviceId: { exact: device } }).catch((error) => {
    if (error.name === 'NotAllowedError') throw error;
    return open({});
  });
}

/** What is wrong with the camera, in words. */
function cameraProblem({ name }) {
  return {
    InsecureContextError: t('train.camera.insecure'),
    NotFoundError: t('train.camera.notFound'),
    NotAllowedError: t('train.camera.notAllowed'),
    NotReadableError: t('train.camera.notReadable'),
  }[name] ?? t('train.camera.failed');
}
