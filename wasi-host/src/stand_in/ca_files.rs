//! Where the CA is kept: `ca.pem` for everybody, `ca.key` for its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::certificates::CertificateError;

/// The CA's two files in a data folder.
#[derive(Clone, Debug)]
pub(crate) struct CaFiles {
    folder: PathBuf,
}

/// The two files' contents.
pub(crate) struct CaPem {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl CaFiles {
    /// The CA's files in `folder`, which is made where it is missing. The path becomes absolute, for people
    /// who copy it from the `ready` event.
    ///
    /// # Errors
    /// [`CertificateError::Io`] where the folder can't be made.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self, CertificateError> {
        let io = |action| {
            move |source| CertificateError::Io {
                path: folder.to_owned(),
                action,
                source,
            }
        };
        fs::create_dir_all(folder).map_err(io("make this folder"))?;
        let folder = std::path::absolute(folder).map_err(io("find this folder"))?;
        Ok(Self { folder })
    }

    /// The CA's certificate: what a client must trust.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// The CA's private key.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.join("ca.key")
    }

    /// Reads both files; where neither is there, stores what `make` answers first. A lock file keeps two
    /// stand-ins that start at the same time from making two CAs.
    ///
    /// # Errors
    /// [`CertificateError::Io`], [`CertificateError::HalfThere`], and whatever `make` answers.
    pub(crate) fn load_or_create(
        &self,
        make: impl FnOnce() -> Result<CaPem, CertificateError>,
    ) -> Result<CaPem, CertificateError> {
        let lock = self.folder.join("ca.lock");
        let file = File::create(&lock).map_err(|e| self.io(&lock, "write to it", e))?;
        file.lock().map_err(|e| self.io(&lock, "lock it", e))?;

        match (self.read(&self.certificate())?, self.read(&self.key())?) {
            (Some(certificate), Some(key)) => Ok(CaPem { certificate, key }),
            (Some(_), None) => Err(CertificateError::HalfThere {
                present: self.certificate(),
                missing: self.key(),
            }),
            (None, Some(_)) => Err(CertificateError::HalfThere {
                present: self.key(),
                missing: self.certificate(),
            }),
            (None, None) => {
                let made = make()?;
                self.write(&self.key(), &made.key, true)?;
                self.write(&self.certificate(), &made.certificate, false)?;
                Ok(made)
            }
        }
        // The lock ends with `file`.
    }

    fn read(&self, path: &Path) -> Result<Option<String>, CertificateError> {
        match fs::read(path) {
            Ok(bytes) => {
                String::from_utf8(bytes)
                    .map(Some)
                    .map_err(|_| CertificateError::Damaged {
                        path: path.to_owned(),
                        why: "it is not text".into(),
                    })
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(self.io(path, "read it", e)),
        }
    }

    /// Writes beside the file and renames, so that a crash leaves no half of it.
    fn write(&self, path: &Path, text: &str, private: bool) -> Result<(), CertificateError> {
        let beside = path.with_extension("new");
        let written = (|| {
            match fs::remove_file(&beside) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            if private {
                use std::os::unix::fs::OpenOptionsExt;
                options.mode(0o600);
            }
            #[cfg(not(unix))]
            let _ = private; // The folder is the user's own; there is no mode to set.
            let mut file = options.open(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, path)
        })();
        written.map_err(|e| self.io(path, "write it", e))
    }

    fn io(&self, path: &Path, action: &'static str, source: io::Error) -> CertificateError {
        CertificateError::Io {
            path: path.to_owned(),
            action,
            source,
        }
    }
}

/// Where the CA lives unless `--data` says otherwise: the folder in which this system keeps a user's own data.
///
/// `$XDG_DATA_HOME/tern`, else `~/.local/share/tern`; on macOS `~/Library/Application Support/tern`; on
/// Windows `%LOCALAPPDATA%\tern`. `None` where the environment names none of them.
#[must_use]
pub fn default_data_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if let Some(xdg) = folder("XDG_DATA_HOME").filter(|path| path.is_absolute()) {
        Some(xdg)
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("HOME").map(|home| home.join(".local/share"))
    };
    base.map(|base| base.join("tern"))
}
