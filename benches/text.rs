//! What reading a post costs: `cargo bench --bench text`.

use divan::{Bencher, black_box};
use undercurrent::score::lexicon::{Builder, Lexicon};
use undercurrent::text::{Folded, Language, Protected, canonical_link, code_points, find_links, language, quotations};

fn main() {
    divan::main();
}

const RUSSIAN: &str = "Министр иностранных дел прибыл в столицу с рабочим визитом. «Мы обсудили торговлю, энергетику и \
    безопасность», — сообщил он журналистам. Ещё вчера в ведомстве говорили, что встреча не состоится… По словам \
    экспертов, стороны готовят новое соглашение; его подпишут до конца 2025 г. в Багдаде. Подробности читайте у нас \
    на сайте: https://example.com/news/2025/01/25/visit?utm_source=telegram и в канале @example. Подписаться";

const ENGLISH: &str = "The foreign minister arrived in the capital on a working visit. “We discussed trade, energy and \
    security,” he told journalists. Only yesterday the ministry's spokesman said that there would be no meeting… \
    According to experts, the sides are preparing a new agreement; it will be signed in Baghdad before the end of \
    2025. Read more on our site: https://example.com/news/2025/01/25/visit?utm_source=telegram and in @example. Go";

const ARABIC: &str = "وصل وزير الخارجية إلى العاصمة في زيارة عمل. «ناقشنا التجارة والطاقة والأمن»، قال للصحفيين. وكانت \
    الوزارة قد أعلنت أمس أن اللقاء لن يعقد… وبحسب الخبراء، يعدّ الجانبان اتفاقا جديدا؛ وسيوقّع في بغداد قبل نهاية عام \
    ٢٠٢٥. اقرأ المزيد على موقعنا: https://example.com/news/2025/01/25/visit?utm_source=telegram وفي قناة @example. \
    اشترك الآن لتصلك آخر الأخبار من المنطقة والعالم أولا بأول";

const POSTS: [(&str, &str); 3] = [("ru", RUSSIAN), ("en", ENGLISH), ("ar", ARABIC)];

fn post(name: &str) -> &'static str {
    POSTS.iter().find(|(lang, _)| *lang == name).map_or("", |(_, text)| text)
}

#[divan::bench(args = ["ru", "en", "ar"])]
fn refold(bencher: Bencher, name: &str) {
    let mut folded = Folded::new(post(name));
    bencher.bench_local(move || folded.refold(black_box(post(name))));
}

#[divan::bench(args = ["ru", "en", "ar"])]
fn find_quotations(bencher: Bencher, name: &str) {
    let (folded, mut out) = (Folded::new(post(name)), Vec::new());
    bencher.bench_local(move || quotations(black_box(post(name)), &folded, &mut out));
}

#[divan::bench(args = ["ru", "en", "ar"])]
fn tell_language(bencher: Bencher, name: &str) {
    let folded = Folded::new(post(name));
    bencher.bench_local(move || language(black_box(post(name)), &folded));
}

/// Too short for frequent words, so the model runs.
#[divan::bench]
fn tell_language_of_a_headline(bencher: Bencher) {
    let text = "Thousands march against government plans";
    let folded = Folded::new(text);
    bencher.bench_local(move || language(black_box(text), &folded));
}

#[divan::bench(args = ["ru", "en", "ar"])]
fn links(name: &str) -> usize {
    find_links(black_box(post(name))).count()
}

#[divan::bench]
fn canonical() -> usize {
    let link = canonical_link(black_box("https://www.example.com/news/2025/01/25/visit?utm_source=telegram&id=7"));
    link.map_or(0, |link| link.canonical.len())
}

/// Hosts of no outlet, which nearly all are, and one that asks for every look-up; against 40 and 4,000 outlets.
#[divan::bench(args = ["t.me", "news.example.co.uk", "xn--80aafi6cg.xn--p1ai", WORST], consts = [40, 4_000])]
fn imitated<const OUTLETS: usize>(bencher: Bencher, host: &str) {
    let outlets: Vec<_> =
        (0..OUTLETS).map(|n| format!("{}-sample-{n}.de", ["daily", "weekly", "our"][n % 3])).collect();
    let protected = Protected::new(outlets.iter().map(String::as_str));
    bencher.bench_local(move || protected.imitated(black_box(host)).is_some());
}

const WORST: &str = "a.b.c.d.e.f.g.h.news-a-sample-of-the-longest-label-that-a-name-may-be-made-of.online";

#[divan::bench]
fn offset_of_the_end() -> usize {
    code_points(black_box(RUSSIAN), RUSSIAN.len())
}

/// 1,000 Russian words as packs have them, so that many words of a post begin like one of them.
fn lexicon(sign: &str) -> Lexicon {
    let mut builder = Builder::default();
    let list = builder.list();
    let heads = "при по за от на вы пере про со до под раз об пред недо воз из у без сверх";
    let roots = "ход вод нос каз став пис чит глаш прос говор боро мен держ лож мог нял чин град город лад клад бир ветств люд суд";
    for head in heads.split(' ') {
        for root in roots.split(' ') {
            for end in ["ить", "ник"] {
                let word = if sign == "*" { format!("{head}{root}*") } else { format!("{head}{root}{end}{sign}") };
                builder.add(list, &word, Some(Language::Ru));
            }
        }
    }
    builder.build().expect("an automaton")
}

/// A post against 1,000 phrases: as they stand, with any ending, with their forms.
#[divan::bench(args = ["", "*", "~"])]
fn find_phrases(bencher: Bencher, sign: &str) {
    let (lexicon, folded, mut found) = (lexicon(sign), Folded::new(RUSSIAN), Vec::new());
    bencher.bench_local(move || {
        found.clear();
        lexicon.find(black_box(&folded), &mut found);
        found.len()
    });
}
