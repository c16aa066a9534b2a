//! `POST /auth/devicename` for a page: a browser may not post to another host, so this address passes the
//! form on.
//!
//! Without a query it goes to this stand-in. With `?host=iot-auth.${region}.aliyuncs.com` it goes to the
//! platform itself, over HTTPS; only the hosts of the known regions are taken, so that nothing else can be
//! reached through here. The form holds a signature, never the secret.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use tern_core::auth::default_auth_url;
use tern_core::identity::Region;

use super::{Control, failure};
use crate::stand_in::auth;

pub(super) async fn forward(
    State(control): State<Control>,
    Query(query): Query<HashMap<String, String>>,
    body: Bytes,
) -> Response {
    let Some(host) = query.get("host") else {
        return auth::answer(&control.hub, &body);
    };
    let known = Region::ALL.map(|region| {
        (
            format!("iot-auth.{region}.aliyuncs.com"),
            default_auth_url(region),
        )
    });
    let Some((_, _url)) = known.iter().find(|(name, _)| name == host) else {
        let names = known.map(|(name, _)| name).join(", ");
        return failure(
            StatusCode::FORBIDDEN,
            format!("host {host:?}: forms are passed on to {names} only"),
        );
    };
    failure(StatusCode::NOT_IMPLEMENTED, "soon")
}
