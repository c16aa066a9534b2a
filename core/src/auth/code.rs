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
