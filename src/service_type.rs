//! Service types: what DNS calls them, and what Avahi shows instead.

#[cfg(feature = "alloc")]
mod types;

use core::fmt;

#[cfg(feature = "alloc")]
pub use self::types::{ServiceTypes, ServiceTypesError};
use crate::escape::write_text;

/// A service's type as printed: with `-k` the DNS type (`_http._tcp`), without
/// it the display name from Avahi's database in the user's language, if that
/// has one (`Web Site`, `Web-Angebot`), and the DNS type otherwise.
///
/// ```
/// use avahi_events::ServiceType;
///
/// let printed = ServiceType::new(b"Web Site");
/// assert_eq!(printed.dns_type(), Some("_http._tcp"));
/// assert_eq!(printed.display_name(), Some(&b"Web Site"[..]));
///
/// let printed = ServiceType::new(b"_http._tcp");
/// assert_eq!(printed.dns_type(), Some("_http._tcp"));
/// assert_eq!(printed.display_name(), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServiceType<'a>(&'a [u8]);

impl<'a> ServiceType<'a> {
    /// The type that `printed` stands for.
    #[must_use]
    pub const fn new(printed: &'a [u8]) -> Self {
        Self(printed)
    }

    /// The bytes as printed.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// Whether a DNS type was printed, which begins with `_`
    /// (RFC 6763 section 7), rather than a display name.
    #[must_use]
    pub fn is_dns(&self) -> bool {
        self.0.starts_with(b"_")
    }

    /// The display name, if one was printed. Raw UTF-8.
    #[must_use]
    pub fn display_name(&self) -> Option<&'a [u8]> {
        (!self.is_dns()).then_some(self.0)
    }

    /// Whether the two are printed the same but for ASCII capitals, which DNS
    /// does not tell from small letters (RFC 6763 section 7). A type and its
    /// display name are not.
    ///
    /// ```
    /// use avahi_events::ServiceType;
    ///
    /// let printed = ServiceType::new(b"_HTTP._tcp");
    /// assert!(printed.eq_ignore_ascii_case(&ServiceType::new(b"_http._TCP")));
    /// assert!(!printed.eq_ignore_ascii_case(&ServiceType::new(b"Web Site")));
    /// ```
    #[must_use]
    pub fn eq_ignore_ascii_case(&self, other: &ServiceType<'_>) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }

    /// The DNS type: the one printed, or that of the display name if it is an
    /// English one of Avahi 0.8. `None` for display names of other languages,
    /// which a `ServiceTypes` can know, and for a DNS type that is not UTF-8.
    #[must_use]
    pub fn dns_type(&self) -> Option<&'a str> {
        if self.is_dns() {
            return core::str::from_utf8(self.0).ok();
        }
        ENGLISH
            .binary_search_by(|(name, _)| name.as_bytes().cmp(self.0))
            .ok()
            .map(|at| ENGLISH[at].1)
    }
}

impl PartialEq<str> for ServiceType<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for ServiceType<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

/// The type as printed, safe for a terminal.
impl fmt::Display for ServiceType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(self.0.iter().copied(), f)
    }
}

impl fmt::Debug for ServiceType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// The English display names of Avahi 0.8 and their types, as `avahi-browse
/// -b` and `-bk` print them, sorted by name.
pub(crate) const ENGLISH: &[(&str, &str)] = &[
    ("APT Package Repository", "_apt._tcp"),
    ("Adobe Acrobat", "_acrobatSRV._tcp"),
    ("Adobe Version Cue", "_adobe-vc._tcp"),
    ("AirPlay Remote Video", "_airplay._tcp"),
    ("AirTunes Remote Audio", "_raop._tcp"),
    ("Amazon Fire TV", "_amzn-wplay._tcp"),
    ("Apple AirPort", "_airport._tcp"),
    ("Apple File Sharing", "_afpovertcp._tcp"),
    ("Apple Home Sharing", "_home-sharing._tcp"),
    ("Apple Net Assistant", "_net-assistant._udp"),
    ("Apple TimeMachine", "_adisk._tcp"),
    ("Asterisk Exchange", "_iax._udp"),
    ("Bazaar", "_bzr._tcp"),
    ("DNS Server", "_domain._udp"),
    ("DVD or CD Sharing", "_odisk._tcp"),
    ("Device Info", "_device-info._tcp"),
    ("Digital Photo Sharing", "_dpap._tcp"),
    ("Distributed Compiler", "_distcc._tcp"),
    ("FTP File Transfer", "_ftp._tcp"),
    ("GnuPG/PGP HKP Key Server", "_pgpkey-hkp._tcp"),
    ("Gobby Collaborative Editor Session", "_lobby._tcp"),
    ("H.323 Telephony", "_h323._tcp"),
    ("IMAP Mail Access", "_imap._tcp"),
    ("Internet Printer", "_ipp._tcp"),
    ("KDE System Guard", "_ksysguard._tcp"),
    ("LDAP Directory Server", "_ldap._tcp"),
    (
        "MacOS X Duplicate Machine Suppression",
        "_MacOSXDupSuppress._tcp",
    ),
    ("Microsoft Windows Network", "_smb._tcp"),
    ("Mumble Server", "_mumble._tcp"),
    ("Music Player Daemon", "_mpd._tcp"),
    ("NTP Time Server", "_ntp._udp"),
    ("Network File System", "_nfs._tcp"),
    ("OLPC Presence", "_presence_olpc._tcp"),
    ("OmniWeb Bookmark Sharing", "_omni-bookmark._tcp"),
    ("PDL Printer", "_pdl-datastream._tcp"),
    ("POP3 Mail Access", "_pop3._tcp"),
    ("PostgreSQL Server", "_postgresql._tcp"),
    ("PulseAudio Sound Server", "_pulse-server._tcp"),
    ("PulseAudio Sound Sink", "_pulse-sink._tcp"),
    ("PulseAudio Sound Source", "_pulse-source._tcp"),
    ("QNAP NAS", "_qdiscover._tcp"),
    ("RTP Realtime Streaming Server", "_rtp._udp"),
    ("RTSP Realtime Streaming Server", "_rtsp._tcp"),
    ("RealPlayer Shared Favorites", "_realplayfavs._tcp"),
    ("Remote Disk Management", "_udisks-ssh._tcp"),
    ("Remote Jukebox", "_remote-jukebox._tcp"),
    ("SFTP File Transfer", "_sftp-ssh._tcp"),
    ("SIP Telephony", "_sip._udp"),
    ("SSH Remote Terminal", "_ssh._tcp"),
    ("Secure Internet Printer", "_ipps._tcp"),
    ("Secure Web Site", "_https._tcp"),
    ("Secure WebDAV File Share", "_webdavs._tcp"),
    ("Skype VoIP", "_skype._tcp"),
    ("SubEthaEdit Collaborative Text Editor", "_see._tcp"),
    ("Subversion Revision Control", "_svn._tcp"),
    ("TFTP Trivial File Transfer", "_tftp._udp"),
    ("Telnet Remote Terminal", "_telnet._tcp"),
    ("Thousand Parsec Server", "_tp._tcp"),
    ("Thousand Parsec Server (HTTP Tunnel)", "_tp-http._tcp"),
    (
        "Thousand Parsec Server (Secure HTTP Tunnel)",
        "_tp-https._tcp",
    ),
    ("Thousand Parsec Server (Secure)", "_tps._tcp"),
    ("Timbuktu Remote Desktop Control", "_timbuktu._tcp"),
    ("UNIX Printer", "_printer._tcp"),
    ("VLC Streaming", "_vlc-http._tcp"),
    ("VNC Remote Access", "_rfb._tcp"),
    ("Virtual Machine Manager", "_libvirt._tcp"),
    ("Web Site", "_http._tcp"),
    ("Web Syndication RSS", "_rss._tcp"),
    ("WebDAV File Share", "_webdav._tcp"),
    ("Window Shifter", "_shifter._tcp"),
    ("Workstation", "_workstation._tcp"),
    ("Xpra Session Server", "_xpra._tcp"),
    ("iChat Presence", "_presence._tcp"),
    ("iPod Touch Music Library", "_touch-able._tcp"),
    ("iTunes Audio Access", "_daap._tcp"),
    ("iTunes Remote Control", "_dacp._tcp"),
];
