//! `oneiric studio`: the web server for dreaming in the browser.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use oneiric_studio::{Config, Invitation, OpenError, Studio, hash_password};
use tracing_subscriber::filter::LevelFilter;

use crate::args::bytes;
use crate::terminal::failure::Failure;
use crate::terminal::stderr::say;
use crate::terminal::stdout::print;
use crate::work::networks;

const AFTER_HELP: &str = "\
Examples:
  oneiric studio                        start the studio and open it in the browser
  oneiric studio --no-open --port 9000  start it and only print its address
  oneiric studio --hash-password > password.txt
                                        read a password from standard input
  oneiric studio --listen 0.0.0.0 --password-file password.txt --no-open
                                        make it available to the local network
  oneiric studio --classroom            open it to a class: prints an address and
                                        a code for the blackboard

All data stays on this machine: photos, dreams and the queue are in one folder
(--data). Ctrl-C closes the studio; unfinished dreams are resumed at the next
start. To use a studio from elsewhere: `oneiric dream --server URL photo.jpg`.";

/// The addresses to listen on: this machine's own, and all.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const EVERYWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
/// Longest password, in bytes.
const LONGEST: u64 = 1024;

/// Open the studio: dream in the browser, on this machine.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// Read a password from standard input, print its hash, and exit
    #[arg(long, exclusive = true)]
    hash_password: bool,
}

/// The options of the studio's server.
#[derive(clap::Args, Debug)]
pub struct ServerArgs {
    /// Keep all data in this folder [default: the user's data folder]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Listen on this port, or the next free one
    #[arg(long, value_name = "PORT", default_value_t = 8600)]
    port: u16,
    /// Listen on this address; one that other machines can reach needs --password-file or --classroom [default:
    /// 127.0.0.1, with --classroom 0.0.0.0]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<IpAddr>,
    /// Accept this host name in addition to the address; may be repeated
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Require the password whose hash is in this file; see --hash-password
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Open the studio to a class: everyone in the network who gives its code gets a space of their own, which is
    /// deleted when the lesson ends or the studio is closed
    #[arg(long, conflicts_with = "password_file")]
    classroom: bool,
    /// Do not open the browser
    #[arg(long)]
    no_open: bool,
    /// Maximum size of an uploaded picture in bytes
    #[arg(long, value_name = "SIZE", default_value = "200M", value_parser = bytes)]
    upload: u64,
    /// Maximum memory for decoding pictures in bytes; uploads wait until theirs is free. The program and its small
    /// pictures take up to 200 MB more [default: half of the free memory]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    memory: Option<u64>,
    /// Maximum size of all pictures on disk in bytes
    #[arg(long, value_name = "SIZE", default_value = "50G", value_parser = bytes)]
    disk: u64,
    /// Maximum number of dreams in the queue
    #[arg(long, value_name = "N", default_value_t = 1000)]
    queue: usize,
    /// Log level: off, error, warn, info or debug
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: LevelFilter,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if args.hash_password {
        let mut password = String::new();
        let read = io::stdin().take(LONGEST).read_to_string(&mut password);
        read.map_err(|e| Failure::input(format!("cannot read the password: {e}")))?;
        let hash = hash_password(password.trim_end_matches(['\r', '\n'])).map_err(|e| Failure::input(e.to_string()))?;
        return print(&(hash + "\n"));
    }
    open(&args.server, "")
}

/// Starts the studio and opens its page at this path in the browser. Returns when the studio is closed.
pub fn open(args: &ServerArgs, page: &str) -> Result<(), Failure> {
    let config = config(args)?;
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_max_level(args.log).with_ansi(colours).with_writer(io::stderr).init();
    let runtime = tokio::runtime::Runtime::new();
    let runtime = runtime.map_err(|e| Failure::internal(format!("cannot start threads: {e}")))?;
    runtime.block_on(serve(args, config, page))
}

fn config(args: &ServerArgs) -> Result<Config, Failure> {
    let own = || Some(dirs::data_dir()?.join("oneiric").join("studio"));
    let folder = args.data.clone().or_else(own);
    let folder = folder.ok_or_else(|| Failure::input("the user has no data folder; add --data FOLDER"))?;
    let password = args.password_file.as_ref().map(fs::read_to_string).transpose();
    let password = password.map_err(|e| Failure::input(format!("cannot read the password file: {e}")))?;
    Ok(Config {
        address: args.listen.unwrap_or(if args.classroom { EVERYWHERE } else { HERE }),
        classroom: args.classroom,
        port: args.port,
        hosts: args.hosts.clone(),
        password,
        upload: args.upload,
        queue: args.queue,
        memory: args.memory,
        disk: args.disk,
        networks: networks::folder()?.path().to_owned(),
        ..Config::new(folder)
    })
}

async fn serve(args: &ServerArgs, config: Config, page: &str) -> Result<(), Failure> {
    let folder = config.folder.clone();
    let studio = Studio::open(config).await.map_err(|e| match e {
        OpenError::NoPassword(_) | OpenError::Password(_) => Failure::input(e.to_string()),
        e => Failure::internal(e.to_string()),
    })?;
    let address = studio.address();
    if address.port() != args.port && args.port != 0 {
        say(&format!("port {} is in use; using the next free one", args.port));
    }
    let mut url = url(address);
    if let Some(invitation) = studio.invitation() {
        url = url.trim_end_matches('/').to_owned() + &invitation.teacher;
        print(&blackboard(&invitation, &url))?;
        say("the class is open; Ctrl-C ends the lesson and deletes what the visitors made");
    } else {
        url += page;
        print(&format!("{url}\n"))?;
        say(&format!("the studio is open; its data is in {}; press Ctrl-C to close it", folder.display()));
    }
    if !args.no_open && ::open::that_detached(&url).is_err() {
        say("cannot open a browser; open this address yourself");
    }
    let served = studio.serve(stop_signal()).await;
    served.map_err(|e| Failure::internal(format!("the studio stopped: {e}")))
}

/// What the teacher opens, and what goes on the blackboard.
fn blackboard(Invitation { addresses, code, .. }: &Invitation, teacher: &str) -> String {
    let spaced = |digits: &str| digits.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let (first, second) = code.split_at(code.len() / 2);
    let others = addresses.iter().skip(1).map(|address| format!("                  or  {address}\n"));
    let address = addresses.first().map_or("", String::as_str);
    format!(
        "\n  Your class opens    {address}\n{}\n  and gives the code  {}   {}\n\n  You, the teacher    {teacher}\n\n",
        others.collect::<String>(),
        spaced(first),
        spaced(second)
    )
}

/// The URL for a browser on this machine.
fn url(address: SocketAddr) -> String {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    format!("http://{}/", SocketAddr::new(ip, address.port()))
}

/// Waits for Ctrl-C or, on Unix, SIGTERM.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
