"""Deliveries as YAML, marked text, other markups, cards and quizzes."""

# ruff: noqa: E501 - a form is seen best on the lines that it has

from tests.deliveries.forms import add
from tests.deliveries.tools_forms import A2, BOTH, ONE, Q2, A, Q

add(
    "yaml docs",
    "a.yaml",
    f"---\nquestion: {Q}\nanswer: {A}\n---\nquestion: {Q2}\nanswer: {A2}\n",
    BOTH,
)
add(
    "yaml merge keys",
    "a.yaml",
    f"base: &b\n  topic: Funding\nfaq:\n- <<: *b\n  question: {Q}\n  answer: {A}\n- <<: *b\n  question: {Q2}\n  answer: {A2}\n",
    BOTH,
)
add(
    "yaml folded",
    "a.yml",
    "- q: >-\n    What is a\n    funding rate?\n  a: |-\n    First: a fee.\n\n    Q: no question\n",
    [(Q, "First: a fee.\n\nQ: no question")],
)
add("yaml map of questions", "a.yaml", f'"{Q}": {A}\n"{Q2}": {A2}\n', BOTH)
add(
    "yaml chatterbot",
    "a.yml",
    f"categories:\n- finance\nconversations:\n- - {Q}\n  - {A}\n- - {Q2}\n  - {A2}\n",
    BOTH,
)
add(
    "yaml front matter",
    "faq.md",
    f"---\ntitle: FAQ\nfaqs:\n  - question: {Q}\n    answer: {A}\n  - question: {Q2}\n    answer: {A2}\n---\n\n# FAQ\n\nSee above.\n",
    BOTH,
)
add("yaml single keys", "a.yaml", f"- {Q}: {A}\n- {Q2}: {A2}\n", BOTH)
add(
    "yaml topics german",
    "a.yaml",
    f"Finanzierung:\n  - Frage: {Q}\n    Antwort: {A}\nSonst:\n  - Frage: {Q2}\n    Antwort: {A2}\n",
    BOTH,
)
add("yaml txt bom", "a.txt", ("\ufeff" + f"- question: {Q}\n  answer: {A}\n").encode())
add("yaml numbered", "a.yaml", f"q1: {Q}\na1: {A}\nq2: {Q2}\na2: {A2}\n", BOTH)
# --- marked text
add(
    "rule underscores",
    "a.txt",
    f"Q: {Q}\nA: {A}\n\n________\n\nQ: {Q2}\nA: {A2}\n\n________\n",
    BOTH,
)
add(
    "rule heavy box",
    "a.txt",
    f"━━━━━━━━━━\nQ: {Q}\nA: {A}\n━━━━━━━━━━\nQ: {Q2}\nA: {A2}\n━━━━━━━━━━\n",
    BOTH,
)
add("paren numbers", "a.txt", f"Q1) {Q}\nA1) {A}\n\nQ2) {Q2}\nA2) {A2}\n", BOTH)
add(
    "word lines",
    "a.txt",
    f"Question #1\n{Q}\n\nAnswer\n{A}\n\nQuestion #2\n{Q2}\n\nAnswer\n{A2}\n",
    BOTH,
)
add(
    "headings inside answer",
    "a.md",
    f"## Q: {Q}\n\nA: {A}\n\n### Formula\n\nf = p\n\n## Q: {Q2}\n\nA: {A2}\n",
    [(Q, f"{A}\n\n### Formula\n\nf = p"), (Q2, A2)],
)
add(
    "fenced mark inside",
    "a.md",
    f"**Q: {Q}**\n\nA: {A}\n\n```\nQ: x\nA: y\n```\n\n**Q: {Q2}**\n\nA: {A2}\n",
    [(Q, f"{A}\n\n```\nQ: x\nA: y\n```"), (Q2, A2)],
)
add(
    "japanese marks",
    "a.txt",
    "質問:資金調達率とは何ですか?\n回答:手数料です。\n\n質問:負の時は?\n回答:ショートが払う。\n",
    [("資金調達率とは何ですか?", "手数料です。"), ("負の時は?", "ショートが払う。")],
)
add(
    "interview",
    "a.txt",
    f"Interviewer: {Q}\nExpert: {A}\n\nInterviewer: {Q2}\nExpert: {A2}\n",
    BOTH,
)
add("unanswered", "a.txt", f"Q: {Q2}\nQ: {Q}\nA: {A}\n", ONE)
for form, file in (("rst headings", "a.rst"), ("setext md", "a.md")):
    underlined = [f"{q}\n-----------------------\n\n{a}\n" for q, a in BOTH]
    add(form, file, "\n".join(["FAQ\n===\n", *underlined]), BOTH)
add("org mode", "a.org", f"#+TITLE: FAQ\n* {Q}\n{A}\n* {Q2}\n{A2}\n", BOTH)
add("asciidoc", "a.adoc", f"= FAQ\n\n== {Q}\n\n{A}\n\n== {Q2}\n\n{A2}\n", BOTH)
add("asciidoc qanda", "a.adoc", f"[qanda]\n{Q}::\n  {A}\n{Q2}::\n  {A2}\n", BOTH)
add("numbered list", "a.txt", f"1. {Q}\n   {A}\n\n2. {Q2}\n   {A2}\n", BOTH)
add("numbered bold", "a.md", f"1. **{Q}**\n\n   {A}\n\n2. **{Q2}**\n\n   {A2}\n", BOTH)
add(
    "blockquoted",
    "a.md",
    f"> **Q:** {Q}\n>\n> **A:** {A}\n\n> **Q:** {Q2}\n>\n> **A:** {A2}\n",
    BOTH,
)
add(
    "mkdocs",
    "a.md",
    f'# FAQ\n\n??? question "{Q}"\n    {A}\n\n??? question "{Q2}"\n    {A2}\n',
    BOTH,
)
add("md definition list", "a.md", f"{Q}\n: {A}\n\n{Q2}\n: {A2}\n", BOTH)
add("obsidian cards", "a.md", f"#flashcards\n\n{Q}::{A}\n{Q2}::{A2}\n", BOTH)
add(
    "aiken",
    "a.txt",
    f"{Q}\nA. A fee\nB. A tax\nC. A loan\nANSWER: A\n\n{Q2}\nA. Longs pay\nB. Shorts pay\nANSWER: B\n",
    [(Q, "A fee"), (Q2, "Shorts pay")],
)
add(
    "gift",
    "a.gift",
    f"::One:: {Q} {{=A fee ~A tax ~A loan}}\n\n::Two:: {Q2} {{=Shorts pay ~Longs pay}}\n",
    [(Q, "A fee"), (Q2, "Shorts pay")],
)
add(
    "moodle xml",
    "quiz.xml",
    '<?xml version="1.0"?><quiz>'
    + "".join(
        f'<question type="multichoice"><name><text>Funding</text></name><questiontext format="html"><text><![CDATA[{q}]]></text></questiontext><answer fraction="0"><text>A tax</text></answer><answer fraction="100"><text>{r}</text></answer></question>'
        for q, r in ((Q, "A fee"), (Q2, "Shorts pay"))
    )
    + "</quiz>",
    [(Q, "A fee"), (Q2, "Shorts pay")],
)
