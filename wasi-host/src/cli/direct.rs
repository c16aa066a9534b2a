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
    fn write_to(&mut self, stdout: &File, bytes: &[u8]) -> io::Result<usize> {
        self.write_with(stdout, bytes, ask)
    }

    #[cfg(unix)]
    fn write_with(
        &mut self,
        mut stdout: &File,
        bytes: &[u8],
        mut ask: impl FnMut(&File, &[u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
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
                    // Whatever the system has against asking (a filter may forbid it), the usual way may work.
                    kind if self.way == Way::Asking && kind != ErrorKind::BrokenPipe => {
                        let is_file = stdout.metadata().is_ok_and(|stdout| stdout.is_file());
                        self.way = if is_file { Way::File } else { Way::None };
                    }
                    // What was taken must not be written again. The error comes back.
                    _ if taken > 0 => break,
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

    /// Takes three bytes a time for as often as it may, then fails as a system call that a filter forbids.
    fn forbidden_after(mut times: usize) -> impl FnMut(&File, &[u8]) -> io::Result<usize> {
        use std::io::Write;

        move |mut stdout, bytes| {
            if times == 0 {
                return Err(io::Error::from_raw_os_error(1));
            }
            times -= 1;
            stdout.write(&bytes[..3])
        }
    }

    #[test]
    fn where_asking_is_forbidden_the_usual_way_is_taken_and_nothing_is_written_twice() {
        for times in [0, 2] {
            let mut file = tempfile::tempfile().unwrap();
            let mut direct = Direct::default();
            let taken = direct.write_with(&file, b"1234567890", forbidden_after(times));
            assert_eq!((taken.unwrap(), direct.way), (10, Way::File));
            file.rewind().unwrap();
            let mut got = Vec::new();
            file.read_to_end(&mut got).unwrap();
            assert_eq!(got, b"1234567890");

            let (_reader, writer) = io::pipe().unwrap();
            let writer = File::from(OwnedFd::from(writer));
            let mut direct = Direct::default();
            let taken = direct.write_with(&writer, b"1234567890", forbidden_after(times));
            assert_eq!((taken.unwrap(), direct.way), (3 * times, Way::None));
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn an_error_behind_bytes_that_were_taken_comes_at_the_next_write() {
        let (reader, writer) = io::pipe().unwrap();
        let writer = File::from(OwnedFd::from(writer));
        let mut reader = Some(reader);
        let mut direct = Direct::default();
        let mut ask = |stdout: &File, bytes: &[u8]| {
            let taken = ask(stdout, bytes.get(..3).unwrap_or(bytes));
            reader = None;
            taken
        };
        assert_eq!(direct.write_with(&writer, b"123456", &mut ask).unwrap(), 3);
        let error = direct.write_with(&writer, b"456", &mut ask).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
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
