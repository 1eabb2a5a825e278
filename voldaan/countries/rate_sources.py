"""Where the rates of `rates.csv` come from, marked: who reads a page in another language reads these in it too."""

from __future__ import annotations

from voldaan.rules.refusals import mark

SOURCES = frozenset(
    (
        mark(
            "general knowledge of ECB key rates; not re-checked (before 2009 the NL rate followed the marginal "
            "tender rate)"
        ),
        mark(
            "general knowledge of ECB key rates; every half-year value re-derived from the NL and BE commercial rates"
        ),
        mark("ECB decision, effect date seen"),
        mark(
            "ECB press releases 2024-06-06 to 2025-09-11; 2026-06-11 decision reported by a market digest citing "
            "the ECB calendar"
        ),
        mark("Raad van Arbitrage historical list"),
        mark("Raad van Arbitrage historical list and open rate table"),
        mark("Stb. 2009 notice: 4% to 3%"),
        mark("notice iqount.nl 2011: 3% to 4%"),
        mark("Stb. 2012, 285 cited in Stb. 2014, 491"),
        mark("Stb. 2014, 491 (text seen)"),
        mark("two open rate tables; 2023-07-01 notice states the previous rate was 4%"),
        mark("Stb. 2023, 235 (reported by trade body VFN: 4% to 6%)"),
        mark("VFN and accountants notices: 6% to 7%"),
        mark("three open rate tables; no change on 2025-07-01"),
        mark(
            "three open rate tables, one citing the decree of 2025-12-10; one project states it was unchanged on "
            "2026-07-01 after a check on rijksoverheid.nl"
        ),
        mark("Raad van Arbitrage list and open rate table agree (marginal tender rate + 7)"),
        mark(
            "open rate table gives 9.02 then 9.01; Raad van Arbitrage list gives 9.01 from 2004-01-01: conflict of 0.01"
        ),
        mark("lists agree and equal ecb_refi + 7"),
        mark("open rate tables and equals ecb_refi on the preceding day + 8"),
        mark(
            "ecb_refi 2.40 + 8; two open projects, one checked against rijksoverheid.nl; consistent with DE base "
            "rate step"
        ),
        mark("derived: ecb_refi + 7, contracts concluded before 2013-03-16; transitional scope not verified"),
        mark("jpfontaineleveque.be list with Staatsblad dates"),
        mark("derived from the NL commercial rate rounded up to the half point"),
        mark("avolink.be: 11 from 2007-01-01, 10 before"),
        mark("lexalert.be / vanostaeyen.eu tables with Staatsblad dates"),
        mark("FPS Finance page for 2020-II and notices; equals formula"),
        mark("Lydian (10.50) / Crivits & Persyn (12.00)"),
        mark("Schoups / medenam.be notices"),
        mark("embuild.be for 2026-I says unchanged at 10.50; equals 2.15 + 8 rounded up"),
        mark("embuild.be: unchanged 10.50 (not yet in the Staatsblad when written); equals 2.15 + 8 rounded up"),
        mark("derived: refi 2.40 + 8 = 10.40 rounded up to the half point; the Staatsblad notice itself was not seen"),
        mark("lexalert.be / schoups.com; the old regime ended 2015-03-15"),
        mark("general knowledge, not re-checked"),
        mark("charlier-advocaten.be 2010"),
        mark("Lydian table with Staatsblad dates"),
        mark("Schoups notice"),
        mark("embuild.be: published in the Staatsblad, unchanged 4.5"),
        mark("Deutsche Bundesbank base rate as quoted by open projects"),
        mark("general knowledge, consistent with the ECB steps"),
        mark("base + 9, par. 288(2) BGB"),
        mark("base + 5, par. 288(1) BGB"),
        mark("ecb_refi + 10, art. L441-10 C. com. (when terms are silent)"),
        mark("art. 9(1) Wet OB 1968"),
    )
)
