//! Cards in the text form that Anki imports (<https://docs.ankiweb.net/importing/text-files.html>).

use api::progress::WeakPoint;

/// What the file begins with.
pub(super) const HEADER: &str = "#separator:tab\n#html:true\n#columns:Front\tBack\n";

/// One line: what asks for the point, then the point and the question's model answer.
pub(super) fn card(weak: &WeakPoint, model_answer: Option<&str>) -> String {
    let front = format!("<b>{}</b><br>{}", html(&weak.title), html(&weak.probe));
    let why = model_answer.map(|answer| format!("<br><br>{}", html(answer))).unwrap_or_default();
    format!("{front}\t{}{why}\n", html(&weak.summary))
}

/// Text as HTML on one line. A quotation mark at the start of a field would begin a quoted one.
fn html(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_line_of_two_fields_whatever_is_in_it() {
        let weak = WeakPoint {
            question: "ownership-why".to_owned(),
            title: "What Vec<T>\tmeans".to_owned(),
            topic: "ownership".to_owned(),
            key_point: "dropped".to_owned(),
            summary: "\"dropped\" & gone\nat the end".to_owned(),
            probe: "When?".to_owned(),
            core: true,
            due: jiff::Timestamp::UNIX_EPOCH,
        };
        let expected = "<b>What Vec&lt;T&gt; means</b><br>When?\t&quot;dropped&quot; &amp; gone at the end";
        assert_eq!(card(&weak, None), format!("{expected}\n"));
        assert_eq!(card(&weak, Some("It is.\nReally.")), format!("{expected}<br><br>It is. Really.\n"));
    }
}
