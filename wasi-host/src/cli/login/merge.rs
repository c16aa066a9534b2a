//! The command line and the profile together.

use crate::cli::args::{Connection, Options};

/// Fills what the command line leaves open from the profile. Where the environment holds a secret, it goes
/// before the profile's file.
pub(super) fn filled(
    options: Options,
    profile: Options,
    secret_is_set: bool,
    password_is_set: bool,
) -> Options {
    let (given, kept) = (options.connection, profile.connection);
    // The options that say where to connect replace the profile's together: they exclude each other.
    let elsewhere = options.url.is_some() || given.region.is_some() || given.instance.is_some();
    let unless = |is_set: bool, file| if is_set { None } else { file };
    Options {
        connection: Connection {
            region: given.region.or(kept.region.filter(|_| !elsewhere)),
            instance: given.instance.or(kept.instance.filter(|_| !elsewhere)),
            transport: given
                .transport
                .or(kept.transport.filter(|_| options.url.is_none())),
            cafile: given.cafile.or(kept.cafile),
            // Never the profile's: what is not typed is forgotten.
            insecure: given.insecure,
            auth: given.auth.or(kept.auth),
            auth_url: given.auth_url.or(kept.auth_url),
            sign_method: given.sign_method.or(kept.sign_method),
            username: given.username.or(kept.username),
            password_file: given
                .password_file
                .or(unless(password_is_set, kept.password_file)),
            keepalive: given.keepalive.or(kept.keepalive),
            keepalive_range: given.keepalive_range.or(kept.keepalive_range),
            clean_session: given.clean_session.or(kept.clean_session),
            profile: given.profile,
            json: given.json || kept.json,
            native: given.native || kept.native,
        },
        url: options.url.or(profile.url.filter(|_| !elsewhere)),
        product_key: options.product_key.or(profile.product_key),
        device_name: options.device_name.or(profile.device_name),
        secret_file: options
            .secret_file
            .or(unless(secret_is_set, profile.secret_file)),
        timestamp: options.timestamp.or(profile.timestamp),
        client_id: options.client_id.or(profile.client_id),
    }
}
