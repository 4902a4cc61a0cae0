//! `oneiric studio`: dreams in the browser.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use oneiric_studio::{Config, OpenError, Studio, hash_password};
use tracing_subscriber::filter::LevelFilter;

use crate::args::bytes;
use crate::terminal::failure::Failure;
use crate::terminal::stderr::say;
use crate::terminal::stdout::print;

const AFTER_HELP: &str = "\
Examples:
  oneiric studio                        opens the studio in the browser
  oneiric studio --no-open --port 9000  only says where it is
  oneiric studio --hash-password > password.txt
                                        asks for a password on the standard input
  oneiric studio --listen 0.0.0.0 --password-file password.txt --no-open
                                        for others in the network as well

Everything stays on this machine: photos, dreams and the queue lie in one folder
(--data). Ctrl-C closes the studio; a dream that was under way goes on the next
time. `oneiric dream --server URL photo.jpg` dreams in a studio from elsewhere.";

/// Longest password, in bytes.
const LONGEST: u64 = 1024;

/// Dream in the browser, on this machine: open the studio.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Keep everything in this folder [default: the user's folder for such things]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Listen on this port, or the next free one
    #[arg(long, value_name = "PORT", default_value_t = 8600)]
    port: u16,
    /// Listen on this address; one that other machines can reach needs --password-file
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// A name by which others ask for it, beside its address; may be repeated
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Ask for the password whose hash this file holds
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Only read a password from the standard input, and print its hash
    #[arg(long, exclusive = true)]
    hash_password: bool,
    /// Don't open the browser
    #[arg(long)]
    no_open: bool,
    /// Take pictures of up to this many bytes
    #[arg(long, value_name = "SIZE", default_value = "200M", value_parser = bytes)]
    upload: u64,
    /// Keep up to this many bytes of pictures
    #[arg(long, value_name = "SIZE", default_value = "50G", value_parser = bytes)]
    disk: u64,
    /// Let up to this many dreams wait
    #[arg(long, value_name = "N", default_value_t = 1000)]
    queue: usize,
    /// Say what happens: off, error, warn, info, debug
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: LevelFilter,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if args.hash_password {
        let mut password = String::new();
        let read = io::stdin().take(LONGEST).read_to_string(&mut password);
        read.map_err(|e| Failure::input(format!("the password cannot be read ({e})")))?;
        let hash = hash_password(password.trim_end_matches(['\r', '\n'])).map_err(|e| Failure::input(e.to_string()))?;
        return print(&(hash + "\n"));
    }
    let config = config(args)?;
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_max_level(args.log).with_ansi(colours).with_writer(io::stderr).init();
    let runtime = tokio::runtime::Runtime::new();
    let runtime = runtime.map_err(|e| Failure::internal(format!("no threads can be started ({e})")))?;
    runtime.block_on(serve(args, config))
}

fn config(args: &Args) -> Result<Config, Failure> {
    let own = || Some(dirs::data_dir()?.join("oneiric").join("studio"));
    let folder = args.data.clone().or_else(own);
    let folder =
        folder.ok_or_else(|| Failure::input("there is no folder of the user's: give one with --data FOLDER"))?;
    let password = args.password_file.as_ref().map(fs::read_to_string).transpose();
    let password = password.map_err(|e| Failure::input(format!("the password file cannot be read ({e})")))?;
    Ok(Config {
        address: args.listen,
        port: args.port,
        hosts: args.hosts.clone(),
        password,
        upload: args.upload,
        queue: args.queue,
        disk: args.disk,
        ..Config::new(folder)
    })
}

async fn serve(args: &Args, config: Config) -> Result<(), Failure> {
    let folder = config.folder.clone();
    let studio = Studio::open(config).await.map_err(|e| match e {
        OpenError::NoPassword(_) | OpenError::Password(_) => Failure::input(e.to_string()),
        e => Failure::internal(e.to_string()),
    })?;
    let address = studio.address();
    if address.port() != args.port && args.port != 0 {
        say(&format!("port {} is taken, so this is the next free one", args.port));
    }
    let url = url(address);
    print(&format!("{url}\n"))?;
    say(&format!("the studio is open; everything is kept in {}; Ctrl-C closes it", folder.display()));
    if !args.no_open && open::that_detached(&url).is_err() {
        say("no browser could be opened: open this address in one");
    }
    let served = studio.serve(asked_to_stop()).await;
    served.map_err(|e| Failure::internal(format!("the studio cannot go on ({e})")))
}

/// The address as a browser of this machine takes it.
fn url(address: SocketAddr) -> String {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    format!("http://{}/", SocketAddr::new(ip, address.port()))
}

/// Ends at Ctrl-C, and where the system asks for an end.
async fn asked_to_stop() {
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
