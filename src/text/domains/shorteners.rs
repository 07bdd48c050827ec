//! Link shorteners: hosts whose links say nothing about where they lead.
//!
//! Only services that shorten anybody's links stand here. A publisher's own short domain leads to that publisher.

/// Sorted.
#[rustfmt::skip]
const SHORTENERS: [&str; 97] = [
    "0rz.tw", "2u.pw", "acortar.link", "adf.ly", "b2n.ir", "bc.vc", "bit.ly", "bitly.com", "bitly.ws", "bl.ink",
    "budurl.com", "buff.ly", "chilp.it", "clck.ru", "cutt.ly", "cutt.us", "da.gd", "dlvr.it", "dub.co", "dub.sh",
    "dwz.cn", "encurtador.com.br", "flip.it", "gg.gg", "goo.gl", "goo.su", "gplinks.in", "grabify.link", "han.gl",
    "ht.ly", "hubs.ly", "ift.tt", "inx.lv", "is.gd", "ity.im", "j.mp", "kurzelinks.de", "kurzlink.de", "kutt.it",
    "l8r.it", "lc.cx", "lnk.to", "lnkd.in", "mcaf.ee", "me2.do", "n9.cl", "ouo.io", "ow.ly", "po.st", "ppt.cc",
    "pse.is", "q.gs", "qps.ru", "qr.ae", "rb.gy", "rebrand.ly", "reurl.cc", "rotf.lol", "s.id", "short.io", "shorte.st",
    "shorturl.asia", "shorturl.at", "shrinkme.io", "shrtco.de", "smarturl.it", "snip.ly", "soo.gd", "spoo.me", "su.pr",
    "suo.im", "surl.li", "surl.lu", "t.cn", "t.co", "t.ly", "t1p.de", "t2m.io", "tiny.cc", "tiny.one", "tiny.pl",
    "tinyurl.com", "tny.im", "tr.im", "trib.al", "u.nu", "u.to", "ulvis.net", "url.kr", "urlz.fr", "v.gd", "vk.cc",
    "vo.la", "x.gd", "ya.cc", "yun.ir", "zpr.io",
];

/// Whether a host, as in [`Link::host`](crate::text::Link::host), is a well-known link shortener.
#[must_use]
pub fn is_shortener(host: &str) -> bool {
    SHORTENERS.binary_search(&host).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_shorteners_are_known_by_their_whole_host() {
        assert!(SHORTENERS.is_sorted());
        for host in ["bit.ly", "t.co", "clck.ru", "goo.su", "vk.cc", "tinyurl.com"] {
            assert!(is_shortener(host), "{host}");
        }
        for host in ["", "ly", "bit.ly.example.com", "x.bit.ly", "example.com", "t.me"] {
            assert!(!is_shortener(host), "{host}");
        }
    }
}
