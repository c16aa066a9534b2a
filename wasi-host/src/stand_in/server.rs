//! The thread of a stand-in: binds, serves, and ends.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tern_platform::Platform;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::ca_files::{CaFiles, default_data_folder};
use super::certificates::{Certificates, server_config};
use super::control::{self, About, Control};
use super::events::{EventHub, SocketEvent};
use super::hub::Hub;
use super::port::{self, Patience};
use super::stop::{Stop, Stopper, stop};
use super::{Addresses, StandInError, StandInOptions, auth, http};

/// How long connections may take to end before they are cut.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// How long to wait where the system has no room for a further connection.
const NO_ROOM: Duration = Duration::from_millis(100);

type Started = Result<(Addresses, PathBuf), StandInError>;

/// Serves until `stopped`; says at once, through `tell`, whether that began well.
pub(super) fn run(
    options: StandInOptions,
    tell: &mpsc::Sender<Started>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(e) => {
            // An error says that nobody waits for the answer any more.
            let _ = tell.send(Err(StandInError::System {
                what: "its event loop",
                why: e.to_string(),
            }));
            return;
        }
    };
    runtime.block_on(async {
        match Server::open(options).await {
            Ok(server) => {
                let _ = tell.send(Ok((server.addresses, server.ca.clone())));
                server.serve(stopped).await;
            }
            Err(error) => {
                let _ = tell.send(Err(error));
            }
        }
    });
    // What is left here did not end in time; dropping the runtime drops it.
}

struct Server {
    hub: Arc<Hub>,
    acceptor: TlsAcceptor,
    patience: Patience,
    mqtt: TcpListener,
    https: TcpListener,
    http: TcpListener,
    addresses: Addresses,
    ca: PathBuf,
    control: Control,
    stopper: Stopper,
    stop: Stop,
}

impl Server {
    async fn open(options: StandInOptions) -> Result<Self, StandInError> {
        let (mqtt, mqtt_address) = options.mqtt.bind("MQTT (--listen)").await?;
        let (https, https_address) = options
            .https
            .bind("the HTTPS authentication (--https)")
            .await?;
        let (http, http_address) = options.http.bind("control and console (--http)").await?;
        let addresses = Addresses {
            mqtt: mqtt_address,
            https: https_address,
            http: http_address,
        };

        let folder = options
            .data
            .or_else(default_data_folder)
            .ok_or(StandInError::NoDataFolder)?;
        let files = CaFiles::in_folder(&folder)?;
        let public_host = options
            .public_host
            .unwrap_or_else(|| options.mqtt.reachable_host().to_owned());
        let names = [
            public_host.clone(),
            options.mqtt.host().to_owned(),
            options.https.host().to_owned(),
            mqtt_address.ip().to_string(),
            https_address.ip().to_string(),
        ];
        let certificates = Certificates::open(&files, &names)?;
        let config = server_config(Arc::new(certificates))?;

        let mut platform = Platform::new(options.settings, random_seed()?);
        platform.set_mqtt_address(&public_host, mqtt_address.port());
        for device in options.devices {
            platform.register(device);
        }
        let about = About {
            version: env!("CARGO_PKG_VERSION"),
            mqtt: mqtt_address,
            https: https_address,
            http: http_address,
            keep_alive: (&platform.settings().keep_alive).into(),
            http_host: options.http.host().to_owned(),
            ca: files.certificate(),
        };
        let congested_at = platform.settings().congested_at;
        let hub = Arc::new(Hub::new(
            platform,
            congested_at,
            EventHub::new(options.on_event, options.events),
        ));
        let (stopper, stop) = stop();
        Ok(Self {
            control: Control::new(Arc::clone(&hub), stop.clone(), about),
            hub,
            acceptor: TlsAcceptor::from(config),
            patience: Patience {
                first_byte: options.first_byte_timeout,
                handshake: options.handshake_timeout,
            },
            mqtt,
            https,
            http,
            addresses,
            ca: files.certificate(),
            stopper,
            stop,
        })
    }

    async fn serve(self, stopped: oneshot::Receiver<()>) {
        let Self {
            hub,
            acceptor,
            patience,
            mqtt,
            https,
            http,
            addresses,
            ca,
            control,
            stopper,
            stop,
        } = self;
        hub.emit(SocketEvent::Ready {
            mqtt: addresses.mqtt,
            https: addresses.https,
            http: addresses.http,
            ca,
        });

        let on_mqtt = accept(&hub, "mqtt", &mqtt, |stream, peer| {
            let (hub, acceptor, stop) = (Arc::clone(&hub), acceptor.clone(), stop.clone());
            tokio::spawn(port::welcome(hub, acceptor, patience, stop, stream, peer));
        });
        let auth_router = auth::router(Arc::clone(&hub));
        let on_https = accept(&hub, "https", &https, |stream, peer| {
            let (hub, acceptor, stop) = (Arc::clone(&hub), acceptor.clone(), stop.clone());
            tokio::spawn(auth::welcome(
                hub,
                acceptor,
                patience,
                auth_router.clone(),
                stop,
                stream,
                peer,
            ));
        });
        let control_router = control::router(control);
        let on_http = accept(&hub, "http", &http, |stream, _| {
            let Ok(local) = stream.local_addr() else {
                return;
            }; // it has gone already
            tokio::spawn(http::serve(
                stream,
                local,
                control_router.clone(),
                stop.clone(),
            ));
        });
        tokio::select! {
            () = on_mqtt => {}
            () = on_https => {}
            () = on_http => {}
            () = hub.keep_time() => {}
            // An error says that the handle was dropped without a word: an end too.
            _ = stopped => {}
        }

        drop((mqtt, https, http, stop));
        drop(control_router);
        stopper.ask();
        hub.close_all();
        // Whoever has not ended by then is cut.
        let _ = timeout(LAST_WORDS, stopper.all_gone()).await;
    }
}

/// Hands on every connection; returns never.
async fn accept(
    hub: &Hub,
    port: &'static str,
    listener: &TcpListener,
    mut welcome: impl FnMut(TcpStream, SocketAddr),
) {
    let mut told = false;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                told = false;
                welcome(stream, peer);
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                // Too many open files, most likely: told once, tried again until there is room.
                if !told {
                    hub.emit(SocketEvent::AcceptFailed {
                        port,
                        reason: accept_words(&error),
                    });
                    told = true;
                }
                tokio::time::sleep(NO_ROOM).await;
            }
        }
    }
}

/// Whether a connection failed rather than the listener.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

/// Why no further connection is taken, and what to do.
fn accept_words(error: &io::Error) -> String {
    // EMFILE, and ENFILE of the whole system.
    if cfg!(unix) && matches!(error.raw_os_error(), Some(24 | 23)) {
        return format!(
            "{error}: newcomers wait until a connection ends; raise the limit of open files (ulimit -Hn)"
        );
    }
    error.to_string()
}

/// A seed from the system's randomness: tokens must not be guessed.
fn random_seed() -> Result<u64, StandInError> {
    let mut bytes = [0; 8];
    rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| StandInError::System {
            what: "randomness",
            why: "none to be had".to_owned(),
        })?;
    Ok(u64::from_le_bytes(bytes))
}
