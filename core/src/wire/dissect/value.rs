//! What a field says.

use super::super::{ConnectCode, PacketType, QoS, SubackCode};

/// What a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Its children say it.
    Parts,
    /// A number.
    Number(u32),
    /// A time in seconds.
    Seconds(u16),
    /// A bit that is set or not.
    Flag(bool),
    /// The field's bytes are this text: [`Field::text`](super::Field::text).
    Text,
    /// The field's bytes mean nothing here but themselves.
    Bytes,
    /// A packet type.
    PacketType(PacketType),
    /// A quality of service.
    QoS(QoS),
    /// A CONNACK's return code.
    ConnectCode(ConnectCode),
    /// A SUBACK's return code.
    SubackCode(SubackCode),
    /// Seven bits of a remaining length [MQTT 3.1.1, 2.2.3].
    LengthDigit {
        /// Their number, 0 to 127.
        digit: u8,
        /// What it counts: 1, 128, 16384 or 2097152 bytes.
        multiplier: u32,
    },
}

impl Value {
    /// The value in English, in the standard's words; none for what the packet's own bytes say.
    #[must_use]
    pub fn english(self) -> Option<String> {
        Some(match self {
            Self::Flag(true) => "set".to_owned(),
            Self::Flag(false) => "not set".to_owned(),
            Self::Seconds(0) => "0: turned off".to_owned(),
            Self::Seconds(seconds) => format!("{seconds} s"),
            Self::QoS(qos) => qos_in(qos, ["at most once", "at least once", "exactly once"], ": "),
            Self::ConnectCode(code) => {
                let name = match code {
                    ConnectCode::Accepted => "Connection Accepted",
                    ConnectCode::UnacceptableProtocol => {
                        "Connection Refused, unacceptable protocol version"
                    }
                    ConnectCode::IdentifierRejected => "Connection Refused, identifier rejected",
                    ConnectCode::ServerUnavailable => "Connection Refused, Server unavailable",
                    ConnectCode::BadCredentials => "Connection Refused, bad user name or password",
                    ConnectCode::NotAuthorized => "Connection Refused, not authorized",
                };
                format!("{}: {name}", code.number())
            }
            Self::SubackCode(SubackCode::Granted(qos)) => {
                format!("0x{0:02X}: Success - Maximum QoS {0}", qos.number())
            }
            Self::SubackCode(SubackCode::Failure) => "0x80: Failure".to_owned(),
            _ => return self.in_any_language(),
        })
    }

    /// The value in Simplified Chinese; none for what the packet's own bytes say.
    #[must_use]
    pub fn chinese(self) -> Option<String> {
        Some(match self {
            Self::Flag(true) => "已置位".to_owned(),
            Self::Flag(false) => "未置位".to_owned(),
            Self::Seconds(0) => "0：关闭".to_owned(),
            Self::Seconds(seconds) => format!("{seconds} 秒"),
            Self::QoS(qos) => qos_in(qos, ["最多一次", "至少一次", "恰好一次"], "："),
            Self::ConnectCode(code) => {
                let name = match code {
                    ConnectCode::Accepted => "连接已接受",
                    ConnectCode::UnacceptableProtocol => "连接被拒绝，不支持的协议版本",
                    ConnectCode::IdentifierRejected => "连接被拒绝，客户端标识符不被接受",
                    ConnectCode::ServerUnavailable => "连接被拒绝，服务端不可用",
                    ConnectCode::BadCredentials => "连接被拒绝，用户名或密码错误",
                    ConnectCode::NotAuthorized => "连接被拒绝，未授权",
                };
                format!("{}：{name}", code.number())
            }
            Self::SubackCode(SubackCode::Granted(qos)) => {
                format!("0x{0:02X}：成功，最大 QoS {0}", qos.number())
            }
            Self::SubackCode(SubackCode::Failure) => "0x80：失败".to_owned(),
            _ => return self.in_any_language(),
        })
    }

    fn in_any_language(self) -> Option<String> {
        match self {
            Self::Number(number) => Some(number.to_string()),
            Self::PacketType(packet_type) => Some(packet_type.name().to_owned()),
            Self::LengthDigit { digit, multiplier } => Some(format!(
                "{digit} × {multiplier} = {}",
                u32::from(digit) * multiplier
            )),
            _ => None,
        }
    }
}

fn qos_in(qos: QoS, names: [&str; 3], colon: &str) -> String {
    let name = match qos {
        QoS::AtMostOnce => names[0],
        QoS::AtLeastOnce => names[1],
        QoS::ExactlyOnce => names[2],
    };
    format!("QoS {}{colon}{name}", qos.number())
}
