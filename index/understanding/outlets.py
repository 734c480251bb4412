"""What outlets are called: those of the coverage, and the well-known ones of the world."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import regex

from index.types import Span

__all__ = ["Entry", "Names", "Token", "end_of_name", "fold_name", "known_as", "tokens"]

# One outlet each, parted by semicolons: its usual name, then what else it is called.
_KNOWN = """
The New York Times = NYT = NYTimes = N.Y. Times; The Washington Post = WaPo = Wash Post;
The Wall Street Journal = WSJ; USA Today; Los Angeles Times = LA Times = LATimes; Chicago Tribune;
The Boston Globe; San Francisco Chronicle = SFGate; The Philadelphia Inquirer; Miami Herald;
The Seattle Times; The Dallas Morning News; Houston Chronicle; New York Post = NY Post = NYPost;
New York Daily News; Politico; Axios; The Hill; ProPublica; The Atlantic; The New Yorker; Vox;
Newsweek; Time = Time Magazine; Slate; The Intercept; The Daily Beast; The Nation; Mother Jones;
HuffPost = Huffington Post; BuzzFeed News = BuzzFeed; Vice = Vice News; Associated Press = AP;
United Press International = UPI; CNN; Fox News = FOX; MSNBC; NBC News = NBC; CBS News = CBS;
ABC News; PBS NewsHour = PBS; NPR = National Public Radio; C-SPAN; Voice of America = VOA;
Radio Free Europe = RFE/RL = Radio Liberty = Радио Свобода; Bloomberg = Bloomberg News;
Reuters = Thomson Reuters = Рейтер; CNBC; MarketWatch; Barron's; Forbes; Fortune; Quartz;
Business Insider = Insider; Fast Company; Yahoo News; Yahoo Finance; Rolling Stone; Variety;
The Hollywood Reporter = THR; Deadline = Deadline Hollywood; Billboard; Pitchfork; People;
Entertainment Weekly; Vanity Fair; Vogue; GQ; Esquire; Cosmopolitan; National Geographic = Nat Geo;
ESPN; ESPN Cricinfo = ESPNcricinfo = Cricinfo; Sports Illustrated; The Athletic; Sky Sports;
CBS Sports; Fox Sports; NBC Sports; Bleacher Report; Sporting News; Yardbarker; Goal.com;
Marca; AS = Diario AS; Cricbuzz; TechCrunch; The Verge; Wired; Engadget; Ars Technica; CNET; ZDNet;
Mashable; Gizmodo; VentureBeat; PCMag; PCWorld; Tom's Hardware; TechRadar; 9to5Mac; 9to5Google;
MacRumors; Android Police; Android Authority; The Information; MIT Technology Review;
Rest of World; The Register; Polygon; Kotaku; IGN; Eurogamer; GameSpot; Space.com; Live Science;
Nature; Science = Science Magazine; New Scientist; Scientific American; The Lancet; Stat News;
BBC = BBC News = BBC Sport = BBC World = BBC World Service = British Broadcasting Corporation
= Би-би-си; The Guardian = Guardian; The Times = The Times of London; Sky News; ITV News = ITV;
The Sunday Times; The Independent; Channel 4 News; Press Association = PA Media;
The Daily Telegraph = The Telegraph; Financial Times = FT; The Economist; Daily Mail = MailOnline;
Daily Mirror = The Mirror; The Sun; Daily Express; Evening Standard; The Observer; The Spectator;
New Statesman; The Scotsman; The Herald; Daily Star; i newspaper; Al Jazeera = Aljazeera = الجزيرة;
The Irish Times; Irish Independent; RTÉ = RTÉ News; TalkSport;
Agence France-Presse = AFP; Le Monde; Le Figaro; Libération; L'Équipe; Les Échos; Le Parisien;
Mediapart; L'Express; Le Point; France 24; BFM TV = BFM; RFI = Radio France Internationale;
Deutsche Presse-Agentur = DPA; Der Spiegel = Spiegel; Die Zeit; Bild = Bild-Zeitung; Die Welt;
Frankfurter Allgemeine Zeitung = Frankfurter Allgemeine = FAZ; Süddeutsche Zeitung = SZ; Stern;
Handelsblatt; taz; Tagesschau; Der Tagesspiegel; Deutsche Welle = DW; Heise = heise online; ZDF;
Neue Zürcher Zeitung = NZZ; Tages-Anzeiger; Der Standard; Die Presse; Swissinfo;
El País; El Mundo; ABC; La Vanguardia; EFE = Agencia EFE; Europa Press; Clarín; La Nación;
Corriere della Sera; La Repubblica; La Stampa; Il Sole 24 Ore; ANSA; La Gazzetta dello Sport;
Público; Folha de S.Paulo = Folha; O Globo; Estadão = O Estado de S. Paulo; El Universal; Lusa;
De Telegraaf; de Volkskrant; NRC; De Standaard; Le Soir; Politico Europe; Euronews; EUobserver;
Dagens Nyheter; Aftonbladet; Aftenposten; NRK; Politiken; Helsingin Sanomat; Yle;
Gazeta Wyborcza; Rzeczpospolita; TVN24; Notes from Poland; Hürriyet; Anadolu Agency = Anadolu;
Kathimerini; Balkan Insight; TASS = ТАСС; RIA Novosti = РИА Новости = РИА; Interfax = Интерфакс;
Kommersant = Коммерсантъ = Коммерсант; Vedomosti = Ведомости; Izvestia = Известия;
Novaya Gazeta = Новая газета; Meduza = Медуза = Медузы; RBC = РБК; RT = Russia Today;
The Moscow Times; Lenta.ru = Лента.ру; Rossiyskaya Gazeta = Российская газета;
Kyiv Independent; Kyiv Post; Ukrainska Pravda = Українська правда = Украинская правда;
Ukrinform = Укринформ = Укрінформ; UNIAN = УНИАН = УНІАН; Haaretz = הארץ; The Times of Israel;
The Jerusalem Post; Ynet; Al Arabiya = العربية; Asharq Al-Awsat = الشرق الأوسط; Middle East Eye;
Al-Ahram = الأهرام; The National; Gulf News; Khaleej Times; Arab News; IRNA; Tasnim;
The Times of India = TOI; Hindustan Times; The Hindu; The Indian Express; NDTV; The Economic Times;
Business Standard; Mint = Livemint; Deccan Herald; India Today; The Wire; The Print; ANI;
Press Trust of India = PTI; The Telegraph India; Dawn; The Express Tribune; Geo News;
The Daily Star; Prothom Alo; Kantipur; Xinhua = Xinhua News Agency = 新华社 = 新華社;
People's Daily = 人民日报; Global Times = 环球时报; China Daily; Caixin = 财新; CGTN; CCTV;
South China Morning Post = SCMP; The Straits Times; CNA = Channel NewsAsia; Bangkok Post;
The Jakarta Post; Kompas; Tempo; Rappler; Philippine Daily Inquirer; The Star; Malaysiakini;
Kyodo News = Kyodo = 共同通信; NHK = NHK World; Nikkei = Nikkei Asia = 日本経済新聞 = 日経新聞;
Asahi Shimbun = 朝日新聞; Yomiuri Shimbun = 読売新聞; Mainichi Shimbun = 毎日新聞; The Japan Times;
Yonhap = Yonhap News Agency = Yonhap News = 연합뉴스; The Korea Herald = 코리아헤럴드;
The Korea Times; Chosun Ilbo = 조선일보; JoongAng Ilbo = 중앙일보; Dong-A Ilbo = 동아일보;
Hankyoreh = 한겨레; KBS; MBC; The Sydney Morning Herald = SMH; The Age; The Australian;
Australian Broadcasting Corporation = ABC Australia; The New Zealand Herald = NZ Herald; Stuff;
CBC = CBC News; The Globe and Mail; Toronto Star; National Post; The Canadian Press; Global News;
Mail & Guardian; Daily Maverick; News24; Daily Nation; The East African; Punch; Premium Times;
AllAfrica; The Conversation; Mongabay
"""

# Names that are words of the language as well: they count only where they are written as names.
_ORDINARY = frozenset(
    """
    age atlantic athletic australian billboard business conversation dawn deadline economist
    express focus forbes fortune fox globe goal guardian herald hill hindu independent information
    insider intercept journal lancet mail marca metro mint mirror monitor nation national nature
    news observer people pitchfork point polygon post presse print pravda punch quartz record
    register roar science slate space spectator spiegel standard star stern stuff sun
    telegraph tempo time times tribune variety verge vice vogue vox week welt wire wired zeit
    известия ведомости лента
    """.split()
) | {"business standard", "life and style", "rest of world", "rolling stone"}

# What may stand between the words of a name.
_WITHIN = regex.compile(r"[\s.,'’!/|·–—-]{1,3}")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+|&")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_SECTION = regex.compile(r"\s+[-–—·]\s+|\s*\|\s*")
_DOMAIN = regex.compile(r"(?i)^(?:www\.)?([\p{L}\p{N}-]{2,})(?:\.(?:com?|org|net))?\.\p{L}{2,6}$")
_CAMEL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})")
_SHAPED = regex.compile(r"\p{Ll}\p{Lu}|\p{Lu}{3}|\d|\.")
_GENERIC = frozenset({"blog", "home", "media", "news", "press", "the"})


class Token(NamedTuple):
    """A word of a name, folded, and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name stands for.

    Attributes:
        name: What the outlet is usually called.
        outlets: What the coverage has of it, as it spells them; empty where it has nothing.
        is_word: Whether the name is also an ordinary word, so that only its spelling tells.
    """

    name: str
    outlets: tuple[str, ...] = ()
    is_word: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """The lookup of names.

    Attributes:
        entries: By folded name.
        longest: Most tokens in any of these.
        unspaced: Finds the names in scripts that set no space between words.
    """

    entries: dict[str, Entry]
    longest: int
    unspaced: regex.Pattern[str]


def fold_name(name: str) -> str:
    """Return a name as it is compared: without case, accents and marks, one space between words.

    `The N.Y. Times` → `the n y times`.
    """
    return " ".join(token.text for token in tokens(name))


def tokens(text: str) -> list[Token]:
    """Return the words of a text as names are compared by them, in order."""
    return [Token(_fold(m.group()), Span(*m.span())) for m in _TOKEN.finditer(text)]


def end_of_name(text: str, words: Sequence[Token], at: int, longest: int) -> int:
    """Return the index of the token before which a name that begins at `at` must end.

    Args:
        text: What the tokens are of.
        words: Its tokens.
        at: Index of the first of them.
        longest: Most tokens of a name.
    """
    end = at + 1
    while end < min(len(words), at + longest):
        between = text[words[end - 1].span.end : words[end].span.start]
        if between and not _WITHIN.fullmatch(between):
            break
        end += 1
    return end


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    if word == "&":
        return "and"
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=8)
def known_as(covered: tuple[tuple[str, int], ...]) -> Names:
    """Return the lookup for a coverage: made once, used for every question.

    Args:
        covered: The outlets of the coverage, as in `Reach.outlets`.
    """
    known = _known()
    shared: dict[str, list[str]] = defaultdict(list)
    own: dict[str, list[str]] = defaultdict(list)
    words: dict[str, bool] = {}
    for outlet in (outlet for outlet, _ in covered if outlet):
        keys = _keys(outlet)
        if name := next((known[key].name for key in keys if key in known), ""):
            shared[name].append(outlet)
        for key, is_word in keys.items():
            own[key].append(outlet)
            words.setdefault(key, is_word)
    entries = {key: replace(one, outlets=tuple(shared[one.name])) for key, one in known.items()}
    for key, one in entries.items():  # ABC, where the coverage has ABC News, and no other
        if not one.outlets and (outlets := own.get(f"{key} news")):
            entries[key] = replace(one, name=outlets[0], outlets=tuple(outlets))
    for key, outlets in own.items():
        held = known.get(key) or Entry(outlets[0], (), words[key])
        entries[key] = replace(held, outlets=tuple(outlets))
    return Names(entries, max(len(key.split()) for key in entries), _unspaced(entries))


@lru_cache(maxsize=1)
def _known() -> dict[str, Entry]:
    """Return the well-known outlets by key."""
    entries: dict[str, Entry] = {}
    for line in _KNOWN.replace("\n", " ").split(";"):
        names = [name.strip() for name in line.split("=")]
        for key in (key for name in names for key in _keys(name)):
            is_word = key.removeprefix("the ") in _ORDINARY or len(key) <= 2
            entries.setdefault(key, Entry(names[0], (), is_word))
    return entries


def _unspaced(entries: Mapping[str, Entry]) -> regex.Pattern[str]:
    spelt = [unicodedata.normalize("NFC", key) for key in sorted(entries, key=len, reverse=True)]
    found = [key for key in spelt if _UNSPACED.search(key) and fold_name(key) in entries]
    return regex.compile("|".join(map(regex.escape, found)) or r"(?!)")


def _keys(outlet: str) -> dict[str, bool]:
    """Return the folded names of an outlet, and whether each is an ordinary word.

    `FOX News - Health` → `fox news health`, `fox news`, `foxnews`.
    """
    head = _SECTION.split(outlet)[0]
    domain = _DOMAIN.match(head)
    site = domain.group(1) if domain else head
    keys: dict[str, bool] = {}
    for name in (outlet, head, site, _CAMEL.sub(" ", site)):
        key = fold_name(name)
        for one in (key, key.removeprefix("the ")):
            keys.setdefault(one, _is_ordinary(one, name))
    core = fold_name(_CAMEL.sub(" ", site)).removeprefix("the ")
    if " " in core and len(core) > 6:
        keys.setdefault(core.replace(" ", ""), False)
    return {key: word for key, word in keys.items() if key and key not in _GENERIC}


def _is_ordinary(key: str, name: str) -> bool:
    core = key.removeprefix("the ")
    if core in _ORDINARY or len(core) <= 2:
        return True
    return " " not in core and not _SHAPED.search(name) and not _UNSPACED.search(name)
