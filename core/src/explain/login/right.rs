//! What the login should be.

use super::claim::Claim;
use super::recipe::Recipe;
use super::{Pasted, RightLogin, without_secrets};
use crate::identity::{ClientId, TransportKind};
use crate::sign::{ExtendedClientId, Password, SignMethod, digest};

/// The login that the platform expects; nothing where the client id's bare part breaks its rule.
pub(super) fn login(claim: &Claim, pasted: &Pasted<'_>) -> Option<RightLogin> {
    let bare = ClientId::new(&claim.bare).ok()?;
    let method = claim.method.unwrap_or_default();
    let content = Recipe::right(claim).content();
    let signature = digest(method, pasted.secret.trim().as_bytes(), content.as_bytes());
    Some(RightLogin {
        client_id: without_secrets(client_id(claim, pasted, &bare, method), pasted),
        username: format!("{}&{}", claim.device_name, claim.product_key),
        content: without_secrets(content, pasted),
        method,
        password: Password::new(signature.to_hex_upper()),
    })
}

/// The pasted client id where nothing is wrong with it, else one that holds what it says.
fn client_id(claim: &Claim, pasted: &Pasted<'_>, bare: &ClientId, method: SignMethod) -> String {
    let by_transport = pasted.transport.map(TransportKind::securemode);
    if let Ok(read) = ExtendedClientId::parse(&claim.whole)
        && read.sign_method().is_some()
        && let Some(securemode @ (2 | 3)) = read.securemode()
        && by_transport.is_none_or(|right| i8::try_from(right) == Ok(securemode))
    {
        return claim.whole.clone();
    }
    let sent = claim.param("securemode").and_then(|mode| mode.parse().ok());
    let securemode = by_transport.or(sent.filter(|mode| matches!(mode, 2 | 3)));
    let mut whole = format!(
        "{bare}|securemode={},signmethod={method}",
        securemode.unwrap_or(2)
    );
    if let Some(timestamp) = claim.timestamp() {
        whole.push_str(",timestamp=");
        whole.push_str(timestamp);
    }
    whole.push('|');
    whole
}
