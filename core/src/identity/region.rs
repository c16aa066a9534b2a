//! The platform's regions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::{Field, IdentityError, quoted};

/// A region of the platform. The first three stand in the seed (连接域名), the others in the vendor's SDKs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Region {
    /// `cn-shanghai`, 华东2
    CnShanghai,
    /// `us-west-1`, 美西
    #[serde(rename = "us-west-1")]
    UsWest1,
    /// `ap-southeast-1`, 新加坡
    #[serde(rename = "ap-southeast-1")]
    ApSoutheast1,
    /// `ap-northeast-1`
    #[serde(rename = "ap-northeast-1")]
    ApNortheast1,
    /// `eu-central-1`
    #[serde(rename = "eu-central-1")]
    EuCentral1,
}

impl Region {
    /// Every region known here. Others are reached by instance id or URL.
    pub const ALL: [Self; 5] = [
        Self::CnShanghai,
        Self::UsWest1,
        Self::ApSoutheast1,
        Self::ApNortheast1,
        Self::EuCentral1,
    ];

    /// The name as it stands in host names: `cn-shanghai`, …
    pub fn name(self) -> &'static str {
        match self {
            Self::CnShanghai => "cn-shanghai",
            Self::UsWest1 => "us-west-1",
            Self::ApSoutheast1 => "ap-southeast-1",
            Self::ApNortheast1 => "ap-northeast-1",
            Self::EuCentral1 => "eu-central-1",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Region {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        Self::ALL
            .into_iter()
            .find(|region| region.name() == text)
            .ok_or_else(|| IdentityError::Unknown {
                field: Field::Region,
                given: quoted(text),
                known: "cn-shanghai, us-west-1, ap-southeast-1, ap-northeast-1, eu-central-1",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_reads_back_from_what_it_prints() {
        for region in Region::ALL {
            assert_eq!(region.to_string().parse(), Ok(region));
            let json = format!("\"{region}\"");
            assert_eq!(serde_json::to_string(&region).unwrap(), json);
            assert_eq!(serde_json::from_str::<Region>(&json).unwrap(), region);
        }
    }

    #[test]
    fn an_unknown_region_is_answered_with_the_known_ones() {
        for text in [
            "",
            "cn-beijing",
            "CN-SHANGHAI",
            " cn-shanghai",
            &"x".repeat(1000),
        ] {
            let error = text.parse::<Region>().unwrap_err();
            assert_eq!(error.field(), Field::Region);
            let error = error.to_string();
            assert!(
                error.starts_with("region \"") && error.len() < 300,
                "{error}"
            );
            for region in Region::ALL {
                assert!(error.contains(region.name()), "{error}");
            }
        }
    }
}
