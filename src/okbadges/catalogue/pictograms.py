"""The pictograms of the badges, as data: what is drawn, and what it shows in three languages.

A pictogram is drawn on a grid of 24 units as one path of strokes with round ends; nothing is filled. It shows what hands
do, or the thing itself: never a body's state, never a sign of warning, never a tick (a tick means a check that ran). A
dot is a stroke of no length. ``nudge`` moves the drawing so that its weight, and not its box, sits in the middle.

This module is data only (a badge is one entry), so it may pass the 300 lines that a module of code keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Pictogram:
    """One drawing of strokes and its short description in Finnish, Swedish and English."""

    strokes: str
    fi: str
    sv: str
    en: str
    nudge: tuple[float, float] = (0.0, 0.0)

    def shows(self, language: str) -> str:
        """Return what the drawing shows, in ``language`` (fi, sv or en; Finnish for any other)."""
        return {"sv": self.sv, "en": self.en}.get(language, self.fi)


PICTOGRAMS: Mapping[str, Pictogram] = MappingProxyType(
    {
        "arki-ruoka": Pictogram(
            strokes=(
                "M5 11h14v5.5a3.5 3.5 0 0 1-3.5 3.5h-7A3.5 3.5 0 0 1 5 16.5z"
                "M5 13.5H2.5M19 13.5h2.5"
                "M8 8c-1.2-1.6 1-2.6 0-4.5M12 8c-1.2-1.6 1-2.6 0-4.5M16 8c-1.2-1.6 1-2.6 0-4.5"
            ),
            fi="höyryävä kattila",
            sv="en ångande kastrull",
            en="a steaming pot",
            nudge=(0, -0.1),
        ),
        "arki-raha": Pictogram(
            strokes=(
                "M17 12a7.2 7.2 0 1 1-14.4 0 7.2 7.2 0 0 1 14.4 0z"
                "M12.6 9.3a3.5 3.5 0 1 0 0 5.4M5.8 10.9h5M5.8 13.2h5"
                "M16.5 5.2a7.2 7.2 0 0 1 0 13.6"
            ),
            fi="kaksi eurokolikkoa",
            sv="två euromynt",
            en="two euro coins",
            nudge=(0.2, 0),
        ),
        "arki-palvelut": Pictogram(
            strokes=(
                "M6 5.5h12a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7.5a2 2 0 0 1 2-2z"
                "M8.5 3.3v4M15.5 3.3v4M4 10.2h16"
                "M7.9 13.4h0"
                "M7.9 16.7h0"
                "M17.1 15.1a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0z"
            ),
            fi="kalenteri, johon on ympyröity yksi päivä",
            sv="en kalender där en dag är inringad",
            en="a calendar with one day circled",
            nudge=(-0.1, -0.2),
        ),
        "arki-yhteiso": Pictogram(
            strokes=(
                "M14.3 6a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0z"
                "M7 8.5a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z"
                "M20.8 8.5a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z"
                "M8 15.3v-.8a4 4 0 0 1 8 0v.8M2.3 15.3a3 3 0 0 1 3.2-2.6M21.7 15.3a3 3 0 0 0-3.2-2.6"
                "M2.3 15.5h19.4M5.5 15.5v5M18.5 15.5v5"
            ),
            fi="kolme ihmistä saman pöydän ääressä",
            sv="tre personer vid samma bord",
            en="three people at one table",
            nudge=(0, -0.2),
        ),
        "tyo-pelisaannot": Pictogram(
            strokes=(
                "M18.4 12a6.4 6.4 0 1 1-12.8 0 6.4 6.4 0 0 1 12.8 0z"
                "M8.9 6.3l.6-3.8h5l.6 3.8M8.9 17.7l.6 3.8h5l.6-3.8"
                "M12 8.6V12l2.3 1.5"
            ),
            fi="rannekello",
            sv="ett armbandsur",
            en="a wristwatch",
        ),
        "tyo-ohjeesta-valmiiksi": Pictogram(
            strokes=(
                "M14.32 7.81v-2.79A1.4 1.4 0 0 0 12.93 3.63H5.49a1.4 1.4 0 0 0-1.4 1.4v11.16A1.4 1.4 0 0 0 5.49 17.58h2.14"
                "M6.98 7.54h4.46M6.98 10.79h2.05"
                "M10.14 15.91l5.58-4.84 5.58 4.84M11.81 14.79v5.77h7.81V14.79"
                "M15.72 16.28h0"
            ),
            fi="työohje ja sen mukaan tehty linnunpönttö",
            sv="en arbetsinstruktion och en fågelholk som gjorts efter den",
            en="an instruction sheet and the birdhouse made from it",
            nudge=(-0.1, -0.2),
        ),
        "tyo-oikeudet": Pictogram(
            strokes=(
                "M17 6.3V5a2 2 0 0 0-2-2H6.5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2H15a2 2 0 0 0 2-2v-.7"
                "M8 7.3h5.5M8 10.8h3"
                "M7.8 17.2c.8-2.2 2-2.5 2.1-.9s1 1.4 1.6.3"
                "M19.3 8.5l2.3 2.3-5.7 5.7-2.9.6.6-2.9z"
            ),
            fi="sopimuspaperi ja allekirjoittava kynä",
            sv="ett avtal och en penna som skriver under",
            en="a contract and a pen signing it",
            nudge=(0.1, -0.1),
        ),
        "tyo-ala-tutuksi": Pictogram(
            strokes=(
                "M18.01 10.54a7.47 7.47 0 1 1-14.94 0 7.47 7.47 0 0 1 14.94 0z"
                "M15.98 15.98l5.04 5.04"
                "M6.76 9.09h7.57v4.85H6.76zM9.09 8.9V7.15h2.91v1.75"
            ),
            fi="suurennuslasi, jonka läpi näkyy työsalkku",
            sv="ett förstoringsglas med en portfölj i linsen",
            en="a magnifying glass with a briefcase in the lens",
            nudge=(-0.1, -0.2),
        ),
        "tyo-idea-toteen": Pictogram(
            strokes=(
                "M9 17.2c0-2.3-3.6-3.8-3.6-8.4a6.6 6.6 0 0 1 13.2 0c0 4.6-3.6 6.1-3.6 8.4z"
                "M9.8 20.7h4.4"
                "M12 17v-6M12 14c-2.3 0-3.2-1.4-3.2-3.2 2 0 3.2 1.2 3.2 3.2M12 11.3c0-2 1.2-3.3 3.2-3.3 0 2-1.2 3.3-3.2 3.3"
            ),
            fi="hehkulamppu, jonka sisällä kasvaa taimi",
            sv="en glödlampa där en planta växer",
            en="a light bulb with a seedling growing inside",
            nudge=(0, 0.6),
        ),
        "tyo-materiaali-kiertoon": Pictogram(
            strokes=(
                "M4.1 10.6A8.2 8.2 0 0 1 18.6 7.2M18.9 3.3v4.2h-4.2M19.9 13.4A8.2 8.2 0 0 1 5.4 16.8M5.1 20.7v-4.2h4.2"
                "M12 8.2l3.3 1.9v3.8L12 15.8l-3.3-1.9v-3.8z"
                "M12 12h0"
            ),
            fi="mutteri kahden kiertävän nuolen keskellä",
            sv="en mutter mellan två pilar som går runt",
            en="a nut between two arrows going round",
        ),
        "vuoro-kuuntelen-ja-kerron": Pictogram(
            strokes=(
                "M5.12 3.26H12.19a1.86 1.86 0 0 1 1.86 1.86v3.07a1.86 1.86 0 0 1-1.86 1.86H7.91L5.3 12.37v-2.33H5.12a1.86 1.86 0 0 1-1.86-1.86V5.12a1.86 1.86 0 0 1 1.86-1.86z"
                "M6.42 6.61h4.46"
                "M11.44 12.46h7.44a1.86 1.86 0 0 1 1.86 1.86v2.98a1.86 1.86 0 0 1-1.86 1.86h-.19V21.49l-2.6-2.33H11.44a1.86 1.86 0 0 1-1.86-1.86v-2.98a1.86 1.86 0 0 1 1.86-1.86z"
                "M12.56 15.81h0"
                "M15.16 15.81h0"
                "M17.77 15.81h0"
            ),
            fi="kaksi puhekuplaa, toinen kertoo ja toinen kuuntelee",
            sv="två pratbubblor, den ena berättar och den andra lyssnar",
            en="two speech bubbles, one telling and one listening",
            nudge=(0.3, -0.1),
        ),
        "vuoro-ryhma-ja-palaute": Pictogram(
            strokes=(
                "M8.39 13.9a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z"
                "M19.41 13.9a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z"
                "M3.16 20.74a3.42 3.42 0 0 1 6.65 0M14.19 20.74a3.42 3.42 0 0 1 6.65 0"
                "M6.78 4.4h10.45M15.32 2.69l1.9 1.71 -1.9 1.71M17.23 8.01h-10.45M8.68 6.3L6.78 8.01l1.9 1.71"
            ),
            fi="kaksi ihmistä ja nuolet kumpaankin suuntaan",
            sv="två personer och pilar i båda riktningarna",
            en="two people with arrows going both ways",
            nudge=(0, -0.5),
        ),
        "vuoro-asiakas": Pictogram(
            strokes=(
                "M12 6.1a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0z"
                "M4 15.2a5.2 5.2 0 0 1 10.4 0"
                "M2.5 15.3h19v5.4h-19z"
                "M16.4 9.3h4v2.1a2 2 0 0 1-4 0z"
            ),
            fi="palvelija tiskin takana, tiskillä kuppi",
            sv="en person bakom en disk och en kopp på disken",
            en="a person behind a counter with a cup on it",
            nudge=(0, -1.3),
        ),
        "vuoro-viesti-perille": Pictogram(
            strokes=(
                "M20.56 3.44L3.44 10.33l6.23 2.98 3.07 6.32z"
                "M20.56 3.44L9.68 13.3"
                "M6.61 16.65l-2.79 2.79M9.95 18.51l-1.4 1.86"
            ),
            fi="lentävä paperilennokki",
            sv="ett pappersplan som flyger",
            en="a paper plane in flight",
            nudge=(-0.1, 0.4),
        ),
        "vuoro-kielet": Pictogram(
            strokes=(
                "M4.8 2.8h14.4a2.2 2.2 0 0 1 2.2 2.2v10.2a2.2 2.2 0 0 1-2.2 2.2h-7.5L7.5 21v-3.6H4.8a2.2 2.2 0 0 1-2.2-2.2V5a2.2 2.2 0 0 1 2.2-2.2z"
                "M5.9 14.3l2.6-6.1 2.6 6.1M6.9 12.3h3.2M8.5 5.9l.9-.9"
                "M18.4 11.9a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0z"
                "M14.7 6.9h0"
                "M17.3 6.9h0"
            ),
            fi="puhekupla, jossa ovat kirjaimet Á ja Ö",
            sv="en pratbubbla med bokstäverna Á och Ö",
            en="a speech bubble with the letters Á and Ö",
            nudge=(0, 0.9),
        ),
        "digi-laite": Pictogram(
            strokes=(
                "M4.5 14.5V6A1.5 1.5 0 0 1 6 4.5h11A1.5 1.5 0 0 1 18.5 6v1.5M2.5 18h9.5M4.5 14.5H12"
                "M16.5 10.5h4a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1z"
                "M18.5 17.6h0"
            ),
            fi="kannettava tietokone ja puhelin",
            sv="en bärbar dator och en telefon",
            en="a laptop and a phone",
            nudge=(-0.5, -0.8),
        ),
        "digi-asiointi-ja-tieto": Pictogram(
            strokes=(
                "M20.07 9.62V6.3a1.9 1.9 0 0 0-1.9-1.9h-12.35a1.9 1.9 0 0 0-1.9 1.9v9.97a1.9 1.9 0 0 0 1.9 1.9H9.15M3.93 8.68h16.15"
                "M18.46 14.56a3.61 3.61 0 1 1-7.22 0 3.61 3.61 0 0 1 7.22 0z"
                "M17.51 17.23l3.23 3.23M6.78 12h1.9M6.78 14.85h1.42"
            ),
            fi="verkkosivu ja suurennuslasi",
            sv="en webbsida och ett förstoringsglas",
            en="a web page and a magnifying glass",
            nudge=(-0.2, -0.1),
        ),
        "digi-turva": Pictogram(
            strokes=(
                "M6.5 10.5h11a2 2 0 0 1 2 2v6.5a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-6.5a2 2 0 0 1 2-2z"
                "M7.7 10.5V7.3a4.3 4.3 0 0 1 8.6 0v3.2"
                "M12 14.5v2.5"
            ),
            fi="lukittu munalukko",
            sv="ett låst hänglås",
            en="a closed padlock",
            nudge=(0, -0.7),
        ),
        "digi-sisallon-tekija": Pictogram(
            strokes=(
                "M20.5 10.5V6a2 2 0 0 0-2-2h-13a2 2 0 0 0-2 2v10.5a2 2 0 0 0 2 2H11"
                "M3.5 15.5l5-5 3.5 3.5"
                "M16.2 8.3a1.4 1.4 0 1 1-2.8 0 1.4 1.4 0 0 1 2.8 0z"
                "M13.8 13l7.9 3.1-3.5 1.4-1.4 3.5z"
            ),
            fi="digitaalinen kuva ja osoitin",
            sv="en digital bild och en muspekare",
            en="a digital picture and a pointer",
            nudge=(-0.3, 0.2),
        ),
        "kasi-keittio": Pictogram(
            strokes=(
                "M7 14.3V20.5h10V14.3"
                "M7 14.3a4.2 4.2 0 0 1-1.5-8 4.2 4.2 0 0 1 3.5.2A4.2 4.2 0 0 1 15 6.5a4.2 4.2 0 0 1 3.5-.2 4.2 4.2 0 0 1-1.5 8"
                "M7 17.2h10"
            ),
            fi="kokin hattu",
            sv="en kockmössa",
            en="a chef's hat",
            nudge=(0, -0.8),
        ),
        "kasi-puhtaus": Pictogram(
            strokes=(
                "M14.7 11.3h7.3l-.9 8.2h-5.5z"
                "M15.5 11.3a2.85 2.85 0 0 1 5.7 0"
                "M14.2 2.5L7 14.4"
                "M3.4 15.2h7.2a1.5 1.5 0 0 1 1.5 1.5v1.3a1.5 1.5 0 0 1-1.5 1.5h-7.2a1.5 1.5 0 0 1-1.5-1.5v-1.3a1.5 1.5 0 0 1 1.5-1.5z"
            ),
            fi="moppi ja sanko",
            sv="en mopp och en hink",
            en="a mop and a bucket",
            nudge=(-0.3, -0.8),
        ),
        "kasi-tekstiili": Pictogram(
            strokes=(
                "M2.79 19.95h18.43M4.73 16.56H19.76v3.4"
                "M19.76 16.56V7.15a2.42 2.42 0 0 0-2.42-2.42h-11.64A1.46 1.46 0 0 0 4.24 6.18v4.37h4.37V9.09h6.79v7.47"
                "M6.37 10.54V13.94M10.54 4.73v-1.94h2.91v1.94"
            ),
            fi="ompelukone",
            sv="en symaskin",
            en="a sewing machine",
            nudge=(-0.1, -0.4),
        ),
        "kasi-puu": Pictogram(
            strokes=(
                "M3.26 11.06L13.13 5.51L15.29 10.87L13.6 9.74L13.22 11.72L11.53 10.59L11.15 12.56L9.46 11.44L9.09 13.41L7.39 12.28L6.92 14.26L5.23 13.13L4.86 15.1z"
                "M13.13 5.51L16.79 3.45L19.52 4.29L20.65 9.09L15.29 10.87"
                "M16.89 6.74L17.17 7.58"
                "M4.29 16.7h15.42v3.29H4.29z"
            ),
            fi="käsisaha ja lauta",
            sv="en handsåg och en bräda",
            en="a handsaw and a board",
            nudge=(0, -0.3),
        ),
        "kasi-piha": Pictogram(
            strokes=(
                "M4.2 9.5h14l-3.2 6H8.3z"
                "M8.3 15.5l-1.2 1.5M18.2 9.5l3.5-1.5M14.6 15.7l1.7 5"
                "M8.2 18.7a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0z"
                "M11.3 9.3V5.8M11.3 6.5C8.8 6.8 7.3 5.5 7 3.2c2.6-.2 4.2 1 4.3 3.3M11.3 7.5c0-2.2 1.5-3.4 4-3.2 0 2.2-1.5 3.4-4 3.2"
            ),
            fi="kottikärryt, joissa on taimi",
            sv="en skottkärra med en planta",
            en="a wheelbarrow with a seedling in it",
            nudge=(0.1, -0.1),
        ),
        "kasi-varasto": Pictogram(
            strokes=(
                "M3.44 4.09H5.96V16.19"
                "M8.37 18.32a2.14 2.14 0 1 1-4.28 0 2.14 2.14 0 0 1 4.28 0z"
                "M8.56 18.98h12.28"
                "M9.02 11.07h9.95v7.72M9.02 5.02V18.79M9.02 5.02h6.51V11.07M13.86 11.07v2.79"
            ),
            fi="nokkakärryt ja kaksi laatikkoa",
            sv="en säckkärra med två lådor",
            en="a hand truck with two boxes",
            nudge=(0.2, -0.1),
        ),
        "kasi-media": Pictogram(
            strokes=(
                "M5 7.5h2.3L9 5h6l1.7 2.5H19a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V9.5a2 2 0 0 1 2-2z"
                "M16 13a4 4 0 1 1-8 0 4 4 0 0 1 8 0z"
                "M11.4 11.9v2.2l1.7-1.1z"
            ),
            fi="kamera, jonka linssissä on toistomerkki",
            sv="en kamera med en spelsymbol i linsen",
            en="a camera with a play sign in the lens",
            nudge=(0, -0.7),
        ),
        "kasi-luova": Pictogram(
            strokes=(
                "M12 2.85a9.15 9.15 0 1 0 0 18.3c1.77 0 2.29-1.14 1.77-2.5 -.62-1.66 .31-3.02 2.08-3.02h2.39c1.98 0 2.91-1.46 2.91-3.64 0-5.41-4.16-9.15-9.15-9.15z"
                "M7.11 12.73v.42M8.57 8.36v.42M12.52 6.59v.42M16.47 8.78v.42"
            ),
            fi="maalarin paletti",
            sv="en målarpalett",
            en="a painter's palette",
            nudge=(0.1, 0.2),
        ),
        "opi-vahvuudet": Pictogram(
            strokes=(
                "M8.5 6a3.5 3.5 0 0 1 7 0"
                "M7.5 8.8l1.3-2.6h6.4l1.3 2.6z"
                "M8 8.8c-1.3 3-1.3 5.7 0 8.7M16 8.8c1.3 3 1.3 5.7 0 8.7M7 17.5h10v3.5H7z"
                "M12 11c1.6 1.6 1.6 3.7 0 3.7s-1.6-2.1 0-3.7z"
                "M4.1 9.3l-1.7-1M3.7 13.3H1.8M19.9 9.3l1.7-1M20.3 13.3h1.9"
            ),
            fi="loistava lyhty",
            sv="en lysande lykta",
            en="a shining lantern",
        ),
        "opi-tapani-oppia": Pictogram(
            strokes=(
                "M3 17.5V12a9 9 0 0 1 18 0v5.5"
                "M3 13.2h.3a1.4 1.4 0 0 1 1.4 1.4v1.5a1.4 1.4 0 0 1-1.4 1.4H3M21 13.2h-.3a1.4 1.4 0 0 0-1.4 1.4v1.5a1.4 1.4 0 0 0 1.4 1.4h.3"
                "M12 10.5c-1.3-1-2.8-1.4-4.6-1.4v8.6c1.8 0 3.3.4 4.6 1.4 1.3-1 2.8-1.4 4.6-1.4V9.1c-1.8 0-3.3.4-4.6 1.4zM12 10.5v8.6"
            ),
            fi="avoin kirja, jolla on kuulokkeet",
            sv="en öppen bok med hörlurar",
            en="an open book wearing headphones",
        ),
        "opi-seuraava-askel": Pictogram(
            strokes=("M6 4.5h11.5L20.5 7l-3 2.5H6zM18 12H6.5l-3 2.5 3 2.5H18zM12 2.3v2.2M12 9.5V12M12 17v4.5M9 21.5h6"),
            fi="tienviitta, jonka kyltit osoittavat eri suuntiin",
            sv="en vägvisare som pekar åt två håll",
            en="a signpost pointing two ways",
            nudge=(0, 0.1),
        ),
        "opi-hakeminen": Pictogram(
            strokes=(
                "M7 3h10a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 17 21H7a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 7 3z"
                "M14.1 8a2.1 2.1 0 1 1-4.2 0 2.1 2.1 0 0 1 4.2 0z"
                "M8.6 14.3a3.4 3.4 0 0 1 6.8 0M9 17.7h6"
            ),
            fi="ansioluettelo, jossa on kuva",
            sv="en meritförteckning med bild",
            en="a CV with a portrait",
        ),
        "hyva-turvallinen-tyo": Pictogram(
            strokes=(
                "M4.5 15a7.5 7.5 0 0 1 15 0"
                "M2.5 15h19v.7a2.3 2.3 0 0 1-2.3 2.3H4.8a2.3 2.3 0 0 1-2.3-2.3z"
                "M9.7 11.5V6.2a1 1 0 0 1 1-1h2.6a1 1 0 0 1 1 1v5.3"
            ),
            fi="suojakypärä",
            sv="en skyddshjälm",
            en="a safety helmet",
            nudge=(0, -1.1),
        ),
        "hyva-liiketta-viikkoon": Pictogram(
            strokes=(
                "M3 6.5c1.6 1.2 3.4 1 5-.8l4.8 4.6c1.3 1.3 3 1.6 5 1.8 2.3.3 3.5 1.5 3.5 3.9H3z"
                "M9.8 9.3l1.8-1.8M12.3 11.5l1.8-1.8"
                "M3.3 20h0"
                "M6.2 20h0"
                "M9.1 20h0"
                "M12 20h0"
                "M14.9 20h0"
                "M17.8 20h0"
                "M20.7 20h0"
            ),
            fi="lenkkikenkä ja seitsemän pistettä, yksi viikon joka päivälle",
            sv="en sportsko och sju prickar, en för varje dag i veckan",
            en="a sports shoe and seven dots, one for each day of the week",
            nudge=(0.3, -1.1),
        ),
        "hyva-ensiapu-ja-palo": Pictogram(
            strokes=(
                "M6.5 11.5a3.5 3.5 0 0 1 7 0V20a1 1 0 0 1-1 1h-5a1 1 0 0 1-1-1z"
                "M10 8V5M7.5 3.3h6.3M10 5.3c-4-1-7 1.5-7 7.2M6.5 14.5h7"
                "M18.8 12c1.8 1.8 2.9 3.4 2.9 5.2a3.1 3.1 0 0 1-6.2 0c0-1.2.5-2 1.3-2.8.3.7.6 1 1 1.2.3-1.3.4-2.4 1-3.6z"
            ),
            fi="sammutin ja liekki",
            sv="en brandsläckare och en låga",
            en="a fire extinguisher and a flame",
            nudge=(-0.4, -0.5),
        ),
        "hyva-arjen-rytmi": Pictogram(
            strokes=(
                "M7.3 11.5a4.7 4.7 0 0 1 9.4 0M2.5 11.5h19M12 2.3v1.9M4.9 4.7l1.3 1.3M19.1 4.7l-1.3 1.3"
                "M15.3 18.8a3.9 3.9 0 1 1-3-4.3 3.1 3.1 0 0 0 3 4.3z"
            ),
            fi="nouseva aurinko ja sen alla kuu",
            sv="en uppgående sol och under den månen",
            en="a rising sun with the moon below",
            nudge=(0.1, -0.2),
        ),
        "kooste-tyoelamassa-toimiminen": Pictogram(
            strokes=(
                "M5 9h14a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V11a2 2 0 0 1 2-2z"
                "M8 9V6.5a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2V9"
                "M3 13.7h5.5M10.5 13.7h3M15.5 13.7H21M8.5 12.2v3M15.5 12.2v3"
            ),
            fi="työkalupakki",
            sv="en verktygslåda",
            en="a toolbox",
            nudge=(0, -1.3),
        ),
        "kooste-digitaalinen-ymparisto": Pictogram(
            strokes=(
                "M5 4h14a1.5 1.5 0 0 1 1.5 1.5v10A1.5 1.5 0 0 1 19 17H5a1.5 1.5 0 0 1-1.5-1.5v-10A1.5 1.5 0 0 1 5 4z"
                "M12 17v3.5M8 20.5h8"
                "M7.8 9.6a6 6 0 0 1 8.4 0M9.9 11.9a3 3 0 0 1 4.2 0"
                "M12 13.9h0"
            ),
            fi="näyttö, jossa on verkkoyhteyden merkki",
            sv="en skärm med tecknet för nätförbindelse",
            en="a screen with the sign of a network connection",
            nudge=(0, 0.4),
        ),
        "kooste-opiskelu-ja-ura": Pictogram(
            strokes=("M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM16 8l-2.3 5.7L8 16l2.3-5.7z"),
            fi="kompassi",
            sv="en kompass",
            en="a compass",
        ),
        "kooste-hyvinvointi-ja-turvallisuus": Pictogram(
            strokes=(
                "M6.5 15.5V8.3a5.3 5.3 0 0 1 10.6 0v1.5l.9-.9a1.9 1.9 0 0 1 3 2.4l-3.7 4.2zM5.5 15.5h12.8v5.3H5.5z"
            ),
            fi="lapanen",
            sv="en tumvante",
            en="a mitten",
            nudge=(-0.7, -0.7),
        ),
        "kooste-yhteiskunta": Pictogram(
            strokes=(
                "M2.8 20.5h18.4M4.5 20.5v-8L9 8.5l4.5 4v8M9 20.5v-4M13.5 10V6l3-2.5 3 2.5v14.5M16.5 8.5h0M16.5 12h0"
            ),
            fi="koti ja sen vieressä korkeampi talo",
            sv="ett hem och ett högre hus bredvid",
            en="a home and a taller house beside it",
            nudge=(-0.3, -1.3),
        ),
    }
)
