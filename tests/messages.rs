//! What `avahi-browse` says beside its events, typed.

use avahi_events::{Browser, Message, events};

/// A failed resolve, as text.
fn failed(line: &[u8]) -> Option<[String; 4]> {
    match Message::parse(line)? {
        Message::FailedResolve {
            name,
            service_type,
            domain,
            reason,
        } => Some([
            name.to_str_lossy().into_owned(),
            service_type.to_string(),
            domain.to_string(),
            String::from_utf8_lossy(reason).into_owned(),
        ]),
        _ => None,
    }
}

#[test]
fn english_messages_are_typed() {
    let table: [(&[u8], Message<'_>); 16] = [
        (
            b"Failed to create client object: Daemon not running",
            Message::NoClient {
                reason: b"Daemon not running",
            },
        ),
        (
            b"Client failure, exiting: Daemon connection failed",
            Message::ClientFailure {
                reason: b"Daemon connection failed",
            },
        ),
        (
            b"service_browser failed: Timeout reached",
            Message::BrowserFailure {
                browser: Browser::Service,
                reason: b"Timeout reached",
            },
        ),
        (
            b"service_type_browser failed: Timeout reached",
            Message::BrowserFailure {
                browser: Browser::ServiceType,
                reason: b"Timeout reached",
            },
        ),
        (
            b"domain_browser failed: Timeout reached",
            Message::BrowserFailure {
                browser: Browser::Domain,
                reason: b"Timeout reached",
            },
        ),
        (
            b"avahi_service_browser_new() failed: Invalid service type",
            Message::BrowserFailure {
                browser: Browser::Service,
                reason: b"Invalid service type",
            },
        ),
        (
            b"avahi_service_type_browser_new() failed: Invalid domain name",
            Message::BrowserFailure {
                browser: Browser::ServiceType,
                reason: b"Invalid domain name",
            },
        ),
        (
            b"Failed to query host name: OS Error",
            Message::FailedQuery {
                reason: b"OS Error",
            },
        ),
        (b"Disconnected, reconnecting ...", Message::Disconnected),
        (b"Waiting for daemon ...", Message::Waiting),
        (b"E Ifce Prot Domain", Message::Header),
        (
            b"Got SIGINT, quitting.",
            Message::Signal { name: b"SIGINT" },
        ),
        (b": All for now", Message::AllForNow),
        (b": Cache exhausted", Message::CacheExhausted),
        (
            b"-- Boot 5d8c9a0f --",
            Message::Journal {
                text: b"Boot 5d8c9a0f",
            },
        ),
        (
            b"++ /usr/bin/avahi-browse -arp",
            Message::Trace {
                command: b"/usr/bin/avahi-browse -arp",
            },
        ),
    ];
    for (line, message) in table {
        assert_eq!(
            Message::parse(line),
            Some(message),
            "{}",
            line.escape_ascii()
        );
    }
    let line = b"Server version: avahi 0.8; Host name: node1.local";
    let Some(Message::Server { version, host }) = Message::parse(line) else {
        panic!("not the server's version");
    };
    assert_eq!(version, b"avahi 0.8");
    assert!(host == "node1.local");
}

#[test]
fn captured_failures_are_typed() {
    for capture in ["failed.both", "failed.de.both", "failed.human"] {
        let capture = std::fs::read(format!("tests/captures/{capture}.txt")).unwrap();
        let found: Vec<_> = events(&capture)
            .filter_map(Result::err)
            .filter(|error| error.bytes().starts_with(b"Failed"))
            .map(|error| failed(error.bytes()))
            .collect();
        let one = |name: &str| [name, "_ipp._tcp", "local", "Timeout reached"].map(str::to_owned);
        let (a, b) = (one("Büro"), one("unreachable; printer"));
        assert_eq!(found, [a.clone(), b.clone(), a, b].map(Some));
    }
}

#[test]
fn a_name_may_say_what_follows_it() {
    let line = b"Failed to resolve service 'a' of type '_b._tcp' in domain 'c': d' of type \
                 '_ipp._tcp' in domain 'local': Timeout reached";
    let [name, service_type, domain, reason] = failed(line).unwrap();
    assert_eq!(name, "a' of type '_b._tcp' in domain 'c': d");
    assert_eq!(
        [service_type, domain, reason],
        ["_ipp._tcp", "local", "Timeout reached"]
    );
}

/// Lines as Avahi's translations make them, with names that try to mislead.
#[test]
fn translated_failures_are_typed() {
    let lines = [
        "Fehler beim Auflösen des Dienstes »%« des Typs »_ipp._tcp« in Domain »local«: ja",
        "Échec de résolution du service « % » de type « _ipp._tcp » dans le domaine « local »  : ja",
        "Error al resolver el servicio «%» de tipo «_ipp._tcp» en el dominio «local»: ja",
        "Rozwiązanie usługi „%” typu „_ipp._tcp” w domenie „local” się nie powiodło: ja",
        "Услуга „%“ с вид „_ipp._tcp“ не е открита в домейна „local“: ja",
        "Misslyckades med att slå upp tjänsten \"%\" av typen \"_ipp._tcp\" i domänen \"local\": ja",
        "Selhalo rozpoznání služby '%' typu '_ipp._tcp' v doméně 'local': ja",
        "Falha ao resolver o serviço “%” do tipo “_ipp._tcp” no domínio “local”: ja",
        "ドメイン 'local' のタイプ '_ipp._tcp' のサービス '%' の解決に失敗しました: ja",
        "解析域 '%$3' 中的 类型'_ipp._tcp$2' 的服务 'local$1' 失败：ja",
        "服務「%」類型「_ipp._tcp」在網域「local」中解決失敗：ja",
    ];
    let names = ["Büro", "it's: \"so\"", "a »b« «c» „d“ “e”", "two\nlines"];
    for line in lines {
        for name in names {
            let line = line.replace('%', name);
            let expected = [name, "_ipp._tcp", "local", "ja"].map(str::to_owned);
            assert_eq!(failed(line.as_bytes()), Some(expected), "{line}");
        }
    }
}

#[test]
fn rests_of_txt_are_no_messages() {
    let lines: [&[u8]; 13] = [
        b"second line\"",
        b"second line",
        b"note=see client list: none\" \"a=b\"",
        b"client: of the year",
        b"loading ...\" \"x\"",
        b"loading ...",
        b"1, 2, ...",
        b"a=b ...",
        b"2nd floor; left: the kitchen",
        b"x 'y' z '_ipp._tcp' a 'b'",
        b"- item",
        b"=;eth0;IPv4",
        b"",
    ];
    for line in lines {
        assert_eq!(Message::parse(line), None, "{}", line.escape_ascii());
    }
}

/// Every translation of the messages that is installed: all are found, but for
/// those whose arguments Avahi itself garbles.
#[test]
#[ignore = "needs Avahi's translations (libavahi-common-data) and msgunfmt (gettext)"]
fn installed_translations_are_found() {
    type Check = fn(&Message<'_>) -> bool;
    let table: [(&str, Check); 12] = [
        (
            "Failed to resolve service '%s' of type '%s' in domain '%s': %s\\n",
            |it| matches!(it, Message::FailedResolve { .. }),
        ),
        ("Failed to create client object: %s\\n", |it| {
            matches!(it, Message::NoClient { .. })
        }),
        ("Client failure, exiting: %s\\n", |it| {
            matches!(it, Message::ClientFailure { .. })
        }),
        ("service_browser failed: %s\\n", |it| {
            matches!(
                it,
                Message::BrowserFailure {
                    browser: Browser::Service,
                    ..
                }
            )
        }),
        ("service_type_browser failed: %s\\n", |it| {
            matches!(
                it,
                Message::BrowserFailure {
                    browser: Browser::ServiceType,
                    ..
                }
            )
        }),
        ("avahi_service_browser_new() failed: %s\\n", |it| {
            matches!(
                it,
                Message::BrowserFailure {
                    browser: Browser::Service,
                    ..
                }
            )
        }),
        ("Disconnected, reconnecting ...\\n", |it| {
            matches!(it, Message::Disconnected)
        }),
        ("Waiting for daemon ...\\n", |it| {
            matches!(it, Message::Waiting)
        }),
        ("Server version: %s; Host name: %s\\n", |it| {
            matches!(it, Message::Server { .. })
        }),
        ("E Ifce Prot %-*s %-20s Domain\\n", |it| {
            matches!(it, Message::Header)
        }),
        (": All for now\\n", |it| {
            matches!(it, Message::AllForNow | Message::Progress { .. })
        }),
        (": Cache exhausted\\n", |it| {
            matches!(it, Message::CacheExhausted | Message::Progress { .. })
        }),
    ];
    let mut missed = Vec::new();
    let mut found = 0;
    for locale in std::fs::read_dir("/usr/share/locale").unwrap() {
        let catalogue = locale.unwrap().path().join("LC_MESSAGES/avahi.mo");
        if !catalogue.exists() {
            continue;
        }
        let output = std::process::Command::new("msgunfmt")
            .args(["--no-wrap".as_ref(), catalogue.as_os_str()])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let translation = |message: &str| {
            let (_, after) = text.split_once(&format!("msgid \"{message}\"\nmsgstr \""))?;
            let (text, _) = after.split_once("\"\n")?;
            (!text.is_empty()).then(|| text.replace("\\\"", "\"").replace("\\n", ""))
        };
        let word = |word: &str| translation(word).unwrap_or(word.to_owned());
        for (message, check) in &table {
            let Some(line) = translation(message) else {
                continue;
            };
            let arguments: &[&str] = match *message {
                "Server version: %s; Host name: %s\\n" => &["avahi 0.8", "node1.local"],
                _ => &["it's \"it\"", "_ipp._tcp", "local", "because"],
            };
            let mut line = line
                .replace("%-*s", &format!("{:<45}", word("Name")))
                .replace("%-20s", &format!("{:<20}", word("Type")));
            for (at, argument) in (1..).zip(arguments) {
                line = line.replace(&format!("%{at}$s"), argument);
                line = line.replacen("%s", argument, 1);
            }
            found += 1;
            if !Message::parse(line.as_bytes()).is_some_and(|it| check(&it)) {
                missed.push(line);
            }
        }
    }
    assert!(found > 300, "{found} messages");
    let exceptions = [
        "$%2s",           // Hungarian: the arguments' numbers are printed
        "oluşturulamadı", // Turkish: the name and the type are not quoted
        "tænastu_kagari", // Faroese, Slovenian and Occitan: the browser's
        "brskalnik",      // name is translated
        "service_tipe_browser",
    ];
    missed.retain(|line| !exceptions.iter().any(|it| line.contains(it)));
    assert!(missed.is_empty(), "of {found}:\n{}", missed.join("\n"));
}

/// A name has 63 bytes at most: what goes on for longer is no name.
#[test]
fn a_name_of_several_lines_is_no_longer_than_a_name() {
    let records = |name: &str| {
        let said = "of type '_x._tcp' in domain 'local': Timeout reached";
        let capture = format!("Failed to resolve service '{name}' {said}\n");
        let bytes: Vec<_> = avahi_events::records(capture.as_bytes())
            .map(|it| (it.message().is_some(), it.bytes.len()))
            .collect();
        (bytes, capture.len() - 1)
    };
    let long = "x".repeat(400);
    for name in ["two\nlines", "all\nof\nthree", &"\n".repeat(63)] {
        let (read, len) = records(name);
        assert_eq!(read, [(true, len)], "{name}");
    }
    let (read, _) = records(&"\n".repeat(200));
    assert_eq!(read.len(), 201);
    assert!(read.iter().all(|&(is_message, _)| !is_message));
    let (read, len) = records(&format!("two\n{long}"));
    assert_eq!(read, [(false, 30), (false, len - 31)]);
    let (read, len) = records(&format!("all\n{long}\nthree"));
    assert_eq!(read, [(false, 30), (false, 400), (false, len - 432)]);
}
