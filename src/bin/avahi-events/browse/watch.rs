//! `browse --watch`: a table on the terminal that keeps itself current.

use std::{
    io,
    task::Poll,
    time::{Duration, Instant},
};

use avahi_events::browse::Persistent;
use ratatui::{
    DefaultTerminal, Frame,
    crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    layout::{Constraint, Layout},
    style::{Style, Stylize as _},
    text::Line as Text,
    widgets::{Row, Table},
};

use super::board::{Board, Mark};
use crate::running::Interrupt;

/// How often the table is drawn.
const FRAME: Duration = Duration::from_millis(100);

/// Shows the table until the user or a signal ends it.
pub fn run(browser: &mut Persistent, board: Board, interrupt: &Interrupt) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let result = watch(&mut terminal, browser, board, interrupt);
    ratatui::restore();
    result
}

fn watch(
    terminal: &mut DefaultTerminal,
    browser: &mut Persistent,
    mut board: Board,
    interrupt: &Interrupt,
) -> io::Result<()> {
    let mut scroll = 0;
    while !interrupt.has_come() {
        terminal.draw(|frame| draw(frame, &board, &mut scroll))?;
        let end = Instant::now() + FRAME;
        while Instant::now() < end {
            match browser.next_until(end).map_err(io::Error::other)? {
                Poll::Ready(step) => board.note(&step, Instant::now()),
                Poll::Pending => break,
            }
        }
        board.expire(Instant::now());
        while event::poll(Duration::ZERO)? {
            if let Event::Key(key) = event::read()?
                && key.kind == KeyEventKind::Press
                && !obey(key, terminal.size()?.height, &mut scroll)
            {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Does what the key is for. `false` if it is to end.
fn obey(key: KeyEvent, height: u16, scroll: &mut usize) -> bool {
    let page = usize::from(height.saturating_sub(4));
    *scroll = match key.code {
        KeyCode::Char('q') | KeyCode::Esc => return false,
        // On a terminal that is read key by key this is no signal.
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return false,
        KeyCode::Up | KeyCode::Char('k') => scroll.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => *scroll + 1,
        KeyCode::PageUp => scroll.saturating_sub(page),
        KeyCode::PageDown => *scroll + page,
        KeyCode::Home => 0,
        KeyCode::End => usize::MAX,
        _ => *scroll,
    };
    true
}

/// Draws the table from line `scroll` on, which is brought into its bounds.
fn draw(frame: &mut Frame<'_>, board: &Board, scroll: &mut usize) {
    let [top, middle, bottom] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    let groups = board.groups();
    let title = format!(
        "{} services of {} types     q: quit   ↑ ↓: scroll   +: new   -: gone",
        board.len(),
        groups.iter().filter(|group| group.count > 0).count()
    );
    frame.render_widget(Text::from(title).reversed(), top);
    frame.render_widget(Text::from(&*board.message).dim(), bottom);

    let mut rows = Vec::new();
    for group in groups {
        let heading = format!("{} ({})", group.service_type, group.count);
        rows.push(Row::new([String::new(), heading]).bold());
        for line in group.lines {
            let (sign, style) = match line.mark {
                Mark::Here => (" ", Style::new()),
                Mark::New => ("+", Style::new().green()),
                Mark::Gone => ("-", Style::new().red().crossed_out()),
            };
            let name = format!("  {}", line.name);
            let cells = [sign.into(), name, line.socket, line.host, line.seen_on];
            rows.push(Row::new(cells).style(style));
        }
    }
    let room = usize::from(middle.height.saturating_sub(1));
    *scroll = (*scroll).min(rows.len().saturating_sub(room));
    rows.drain(..*scroll);
    let widths = [
        Constraint::Length(1),
        Constraint::Fill(3),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Fill(1),
    ];
    let header = Row::new(["", "SERVICE", "PLACE", "HOST", "SEEN ON"]).underlined();
    frame.render_widget(Table::new(rows, widths).header(header), middle);
}

#[cfg(test)]
mod tests {
    use avahi_events::{EventBuf, browse::Step};
    use ratatui::{Terminal, backend::TestBackend};

    use super::*;
    use crate::filter::Filter;

    fn screen(board: &Board, scroll: &mut usize) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(80, 8)).unwrap();
        terminal.draw(|frame| draw(frame, board, scroll)).unwrap();
        let buffer = terminal.backend().buffer();
        let row =
            |row: &[ratatui::buffer::Cell]| row.iter().map(|it| it.symbol()).collect::<String>();
        buffer
            .content
            .chunks(80)
            .map(|it| row(it).trim_end().to_owned())
            .collect()
    }

    #[test]
    fn the_table_fits_the_terminal_and_scrolls() {
        let mut board = Board::new(Filter::default());
        for name in ["a", "b", "c\\010", "d", "e", "f"] {
            let line = format!("=;eth0;IPv4;{name};_x._tcp;local;h.local;192.0.2.1;80;");
            let event = EventBuf::parse(line.as_bytes()).unwrap();
            board.note(&Step::Event(event), Instant::now());
        }
        let mut scroll = 0;
        let top = screen(&board, &mut scroll);
        assert!(top[0].starts_with("6 services of 1 types"), "{top:#?}");
        assert!(top[2].contains("_x._tcp (6)"), "{top:#?}");
        assert!(top[3].starts_with("+   a"), "{top:#?}");
        let columns: Vec<_> = top[5].split_whitespace().collect();
        assert_eq!(
            columns,
            ["+", r"c\010", "192.0.2.1:80", "h.local", "eth0", "IPv4"]
        );
        scroll = usize::MAX;
        let end = screen(&board, &mut scroll);
        assert_eq!(scroll, 2);
        assert!(end[6].contains('f') && end[7].is_empty(), "{end:#?}");
    }

    #[test]
    fn keys_scroll_and_quit() {
        let press = |code, scroll: &mut usize| obey(KeyEvent::from(code), 24, scroll);
        let mut scroll = 5;
        for (code, after) in [
            (KeyCode::Up, 4),
            (KeyCode::Char('j'), 5),
            (KeyCode::PageDown, 25),
            (KeyCode::PageUp, 5),
            (KeyCode::Home, 0),
            (KeyCode::Up, 0),
        ] {
            assert!(press(code, &mut scroll));
            assert_eq!(scroll, after, "{code:?}");
        }
        assert!(!press(KeyCode::Char('q'), &mut scroll));
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert!(!obey(interrupt, 24, &mut scroll));
    }
}
