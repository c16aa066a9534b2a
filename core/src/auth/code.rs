//! The numbers that stand as `code` in the answer.

/// A `code` that the seed names (seed: 错误码说明).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// 200
    Success,
    /// 401: the signature does not match.
    SignatureMismatch,
    /// 460: a parameter is missing or wrong.
    BadParameter,
    /// 500: something else on the platform's side.
    Unknown,
    /// 5001: no such device.
    DeviceNotFound,
    /// 6200: the device is meant to authenticate in another way.
    AuthTypeMismatch,
}

impl Code {
    /// Every code the seed names.
    pub const ALL: [Self; 6] = [
        Self::Success,
        Self::SignatureMismatch,
        Self::BadParameter,
        Self::Unknown,
        Self::DeviceNotFound,
        Self::AuthTypeMismatch,
    ];

    /// The number: 200, 401, 460, 500, 5001, 6200.
    pub fn number(self) -> u32 {
        match self {
            Self::Success => 200,
            Self::SignatureMismatch => 401,
            Self::BadParameter => 460,
            Self::Unknown => 500,
            Self::DeviceNotFound => 5001,
            Self::AuthTypeMismatch => 6200,
        }
    }

    /// The code of a number, if the seed names it.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// The `message` that the platform puts beside the code, in the seed's spelling.
    pub fn message(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::SignatureMismatch => "request auth error",
            Self::BadParameter => "param error",
            Self::Unknown => "unknow error",
            Self::DeviceNotFound => "meta device not found",
            Self::AuthTypeMismatch => "auth type mismatch",
        }
    }

    /// What the code means, and what to check.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Success => "The platform authenticated the device.",
            Self::SignatureMismatch => {
                "The signature does not match. Check that the deviceSecret is this device's own, whole \
                 and without white space, not the product's; that names and values are signed, sorted \
                 by name; that the timestamp sent is the one signed; and that signmethod is the method \
                 used (hmacmd5 where none is sent)."
            }
            Self::BadParameter => {
                "A parameter is missing or wrong. productKey, deviceName, clientId and sign must be \
                 there, the clientId with at most 64 characters, signmethod one of hmacmd5, hmacsha1 and \
                 hmacsha256, and the body percent-encoded as application/x-www-form-urlencoded."
            }
            Self::Unknown => {
                "Something went wrong on the platform's side. Wait and try again; if it stays, look at \
                 the device's log in the platform's console."
            }
            Self::DeviceNotFound => {
                "The platform knows no such device. Check productKey and deviceName (upper and lower \
                 case differ), that the device was not deleted, and that the authentication host is that \
                 of the region where the product was made."
            }
            Self::AuthTypeMismatch => {
                "The device is not allowed to authenticate this way. Check the product's authentication \
                 type in the platform's console: it must be the device's own secret, not a certificate \
                 or the product's secret; or connect directly."
            }
        }
    }

    /// Whether the same request would be refused again.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Success | Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_from_its_number() {
        for code in Code::ALL {
            assert_eq!(Code::from_number(code.number()), Some(code));
        }
        assert_eq!(Code::from_number(6201), None);
    }

    #[test]
    fn the_messages_are_the_seeds() {
        let all = Code::ALL.map(|code| (code.number(), code.message()));
        assert_eq!(
            all,
            [
                (200, "success"),
                (401, "request auth error"),
                (460, "param error"),
                (500, "unknow error"),
                (5001, "meta device not found"),
                (6200, "auth type mismatch"),
            ]
        );
    }
}
