//! stdout, as far as it takes bytes without a wait: what it takes at once costs no other thread's waking.

#[cfg(unix)]
use std::fs::File;
use std::io;

/// How to write without a wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    /// The system is asked to take what there is room for, and no more: Linux does, for a pipe.
    #[default]
    Asking,
    /// A file takes all.
    File,
    /// There is none: a terminal may stop in the middle, whatever it said before.
    None,
}

/// stdout without waiting.
#[derive(Debug, Default)]
pub(super) struct Direct {
    way: Way,
    /// Made with the first byte.
    #[cfg(unix)]
    stdout: Option<File>,
}

impl Direct {
    /// Writes as many of the first bytes as stdout takes at once; answers how many those were.
    ///
    /// # Errors
    /// stdout takes nothing any more.
    #[cfg(unix)]
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        use std::os::fd::AsFd;

        if self.way == Way::None {
            return Ok(0);
        }
        let stdout = match self.stdout.take() {
            Some(stdout) => stdout,
            None => File::from(io::stdout().as_fd().try_clone_to_owned()?),
        };
        let written = self.write_to(&stdout, bytes);
        self.stdout = Some(stdout);
        written
    }

    /// As on Unix, where there was a way.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub(super) fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        self.way = Way::None;
        Ok(0)
    }

    #[cfg(unix)]
    fn write_to(&mut self, mut stdout: &File, bytes: &[u8]) -> io::Result<usize> {
        use std::io::{ErrorKind, Write};

        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            let written = match self.way {
                Way::Asking => ask(stdout, rest),
                Way::File => stdout.write(rest),
                Way::None => break,
            };
            match written {
                Ok(0) => break,
                Ok(more) => taken += more,
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock => break,
                    ErrorKind::Unsupported | ErrorKind::InvalidInput if self.way == Way::Asking => {
                        let is_file = stdout.metadata().is_ok_and(|stdout| stdout.is_file());
                        self.way = if is_file { Way::File } else { Way::None };
                    }
                    _ => return Err(error),
                },
            }
        }
        Ok(taken)
    }
}

#[cfg(target_os = "linux")]
fn ask(stdout: &File, bytes: &[u8]) -> io::Result<usize> {
    use rustix::io::{ReadWriteFlags, pwritev2};

    // Where the file stands.
    let here = u64::MAX;
    let bytes = [io::IoSlice::new(bytes)];
    Ok(pwritev2(stdout, &bytes, here, ReadWriteFlags::NOWAIT)?)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn ask(_stdout: &File, _bytes: &[u8]) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{Read, Seek};
    use std::os::fd::OwnedFd;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_pipe_takes_what_it_has_room_for_and_says_when_its_reader_has_gone() {
        let (mut reader, writer) = io::pipe().unwrap();
        let writer = File::from(OwnedFd::from(writer));
        let mut direct = Direct::default();
        let much = vec![b'x'; 4 * 1024 * 1024];
        let taken = direct.write_to(&writer, &much).unwrap();
        assert!(taken > 0 && taken < much.len(), "{taken}");
        assert_eq!(direct.write_to(&writer, &much).unwrap(), 0);
        let mut got = vec![0; taken];
        reader.read_exact(&mut got).unwrap();
        assert_eq!(direct.write_to(&writer, b"more").unwrap(), 4);
        assert_eq!(direct.way, Way::Asking);
        drop(reader);
        let error = direct.write_to(&writer, b"more").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_file_takes_all() {
        let mut file = tempfile::tempfile().unwrap();
        let mut direct = Direct::default();
        let much = vec![b'x'; 4 * 1024 * 1024];
        assert_eq!(direct.write_to(&file, &much).unwrap(), much.len());
        assert_eq!(direct.write_to(&file, b"y").unwrap(), 1);
        file.rewind().unwrap();
        let mut got = Vec::new();
        file.read_to_end(&mut got).unwrap();
        assert_eq!(got, [&much[..], b"y"].concat());
    }

    #[test]
    fn a_socket_is_left_to_whoever_may_wait() {
        let (socket, _peer) = std::os::unix::net::UnixStream::pair().unwrap();
        let socket = File::from(OwnedFd::from(socket));
        let mut direct = Direct::default();
        let much = vec![b'x'; 16 * 1024 * 1024];
        let taken = direct.write_to(&socket, &much).unwrap();
        assert!(taken < much.len(), "{taken}");
    }
}
