//! Text that knows how far it is indented.

/// Text that knows how far it is indented.
#[derive(Default)]
pub(super) struct Page {
    pub(super) text: String,
    pub(super) depth: usize,
}

impl Page {
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n("    ", self.depth));
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn lines(&mut self, lines: &[String]) {
        lines.iter().for_each(|line| self.line(line));
    }

    pub(super) fn block(&mut self, head: impl AsRef<str>, body: impl FnOnce(&mut Self)) {
        self.line(format!("{} {{", head.as_ref()));
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line("}");
    }

    pub(super) fn docs(&mut self, prefix: &str, docs: &[String]) {
        for line in docs {
            self.line(format!("{prefix} {line}").trim_end());
        }
    }
}

/// On one line where it fits, else filled to the width of the page.
pub(super) fn wrapped(page: &mut Page, open: &str, items: &[String], close: &str) {
    const WIDTH: usize = 110;
    if items.is_empty() {
        return page.line(format!("{open}{close}"));
    }
    let space = if open.ends_with('{') { " " } else { "" };
    let line = format!("{open}{space}{}{space}{close}", items.join(", "));
    if line.len() + 4 * page.depth <= WIDTH {
        return page.line(line);
    }
    page.line(open);
    page.depth += 1;
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && line.len() + item.len() + 2 + 4 * page.depth > WIDTH {
            page.line(line.trim_end());
            line.clear();
        }
        line += item;
        line += ", ";
    }
    page.line(line.trim_end());
    page.depth -= 1;
    page.line(close);
}
