"""Markdown as HTML."""

from assetstore.view.markdown import renderer


def test_pictures_of_every_kind_are_shown() -> None:
    render = renderer()
    assert render is not None
    for address in ("data:image/svg+xml;base64,PHN2Zz4=", "data:image/png;base64,x"):
        assert f'src="{address}"' in render(f"![a]({address})")
    assert "<table>" in render("|a|b|\n|---|---|\n|c|d|\n")
    assert "<a href" not in render("[a](javascript:x)")


def test_html_in_it_leads_nowhere() -> None:
    render = renderer()
    assert render is not None
    shown = render(
        'a <b>c</b>\n\n<meta http-equiv="refresh" content="0;url=http://x/">\n'
    )
    assert "<b>c</b>" in shown
    assert "<x-meta" in shown
