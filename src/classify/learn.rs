//! Labelled texts → weights: multinomial logistic regression with an L2 penalty, by accelerated gradient descent.
//!
//! The same texts in the same order give the same weights: there is no chance in it. Classes weigh the same however many texts
//! they have. (Nesterov 1983 for the step; the objective is that of every textbook.)

use std::collections::HashMap;

use super::{Read, as_f64, damped, rarity, shares};

/// Words that stand in fewer texts say nothing that could be relied on.
const FEWEST_TEXTS: u32 = 2;
/// What the fit is worth against small weights: the inverse of the penalty. Of 1, 3, 10 and 30 the best in cross-validation.
const FIT: f64 = 3.0;
/// Steps at most, and the largest slope that is called flat.
const STEPS: usize = 2_000;
const FLAT: f64 = 1e-6;

/// Takes labelled texts, one at a time.
#[derive(Debug, Default)]
pub struct Learner {
    classes: Vec<String>,
    names: HashMap<Box<str>, usize>,
    words: Vec<Box<str>>,
    /// In how many texts each word stands.
    texts_of: Vec<u32>,
    texts: Vec<Labelled>,
}

#[derive(Debug)]
struct Labelled {
    class: usize,
    /// Words and how often.
    bag: Vec<(usize, f64)>,
}

/// What was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    /// The classes, in the order in which they were met.
    pub classes: Vec<String>,
    /// How many texts there were.
    pub texts: u32,
    /// What speaks for each class before a word was read.
    pub bias: Vec<f64>,
    /// Words by their letters: in how many texts they stand, and what they say for each class.
    pub words: Vec<(Box<str>, u32, Vec<f64>)>,
}

impl Learner {
    /// Takes a text of a class.
    pub fn add(&mut self, class: &str, fields: &[Read<'_>]) {
        let class = self.class(class);
        let mut bag: HashMap<usize, f64> = HashMap::new();
        for field in fields {
            for (_, word) in field.features() {
                *bag.entry(self.word(word)).or_default() += 1.0;
            }
        }
        for word in bag.keys() {
            self.texts_of[*word] += 1;
        }
        let mut bag: Vec<(usize, f64)> = bag.into_iter().collect();
        bag.sort_unstable_by_key(|(word, _)| *word);
        self.texts.push(Labelled { class, bag });
    }

    fn class(&mut self, name: &str) -> usize {
        self.classes.iter().position(|known| known == name).unwrap_or_else(|| {
            self.classes.push(name.to_string());
            self.classes.len() - 1
        })
    }

    fn word(&mut self, word: &str) -> usize {
        if let Some(known) = self.names.get(word) {
            return *known;
        }
        let next = self.words.len();
        self.names.insert(word.into(), next);
        self.words.push(word.into());
        self.texts_of.push(0);
        next
    }

    /// Learns.
    ///
    /// # Errors
    /// There are not two classes to tell apart.
    pub fn learn(&self) -> Result<Learnt, String> {
        if self.classes.len() < 2 {
            let known = self.classes.first().map_or("none".to_string(), |only| format!("only `{only}`"));
            return Err(format!("it takes texts of two classes to learn what tells them apart; there is {known}"));
        }
        let texts = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let mut kept: Vec<usize> = (0..self.words.len()).filter(|word| self.texts_of[*word] >= FEWEST_TEXTS).collect();
        kept.sort_unstable_by(|one, other| self.words[*one].cmp(&self.words[*other]));
        let mut place = vec![None; self.words.len()];
        kept.iter().enumerate().for_each(|(at, word)| place[*word] = Some(at));
        let value = |(word, times): &(usize, f64)| {
            place[*word].map(|at| (at, rarity(self.texts_of[*word], texts) * damped(*times)))
        };
        let rows: Vec<(usize, Vec<(usize, f64)>)> = self
            .texts
            .iter()
            .map(|text| {
                let mut row: Vec<(usize, f64)> = text.bag.iter().filter_map(value).collect();
                let length = row.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
                for (_, value) in &mut row {
                    *value /= length.max(f64::MIN_POSITIVE);
                }
                (text.class, row)
            })
            .collect();
        let fitted = Fit::new(&rows, kept.len(), self.classes.len()).run();
        let classes = self.classes.len();
        let words = kept.iter().enumerate().map(|(at, word)| {
            let weights = fitted[classes + at * classes..][..classes].to_vec();
            (self.words[*word].clone(), self.texts_of[*word], weights)
        });
        Ok(Learnt { classes: self.classes.clone(), texts, bias: fitted[..classes].to_vec(), words: words.collect() })
    }
}

/// The objective: the mean loss of the texts, each class weighing the same, and the penalty.
struct Fit<'r> {
    rows: &'r [(usize, Vec<(usize, f64)>)],
    classes: usize,
    /// Of bias and weights: `classes` biases, then `classes` weights a word.
    parameters: usize,
    /// What a text of each class weighs.
    weight: Vec<f64>,
    penalty: f64,
}

impl<'r> Fit<'r> {
    fn new(rows: &'r [(usize, Vec<(usize, f64)>)], words: usize, classes: usize) -> Self {
        let all = as_f64(rows.len());
        let of = |class: usize| as_f64(rows.iter().filter(|(own, _)| *own == class).count());
        let weight = (0..classes).map(|class| all / (as_f64(classes) * of(class))).collect();
        Self { rows, classes, parameters: classes * (words + 1), weight, penalty: 1.0 / (FIT * all) }
    }

    fn run(&self) -> Vec<f64> {
        // A softmax over rows of length one, a bias beside them, bends by no more than this.
        let step = 1.0 / (self.weight.iter().copied().fold(1.0, f64::max) + self.penalty);
        let mut now = vec![0.0; self.parameters];
        let (mut ahead, mut slope) = (now.clone(), now.clone());
        let mut pace = 1.0_f64;
        for _ in 0..STEPS {
            self.slope(&ahead, &mut slope);
            if slope.iter().all(|part| part.abs() < FLAT) {
                break;
            }
            let next_pace = f64::midpoint(1.0, (1.0 + 4.0 * pace * pace).sqrt());
            let carried = (pace - 1.0) / next_pace;
            pace = next_pace;
            for at in 0..self.parameters {
                let next = ahead[at] - step * slope[at];
                ahead[at] = next + carried * (next - now[at]);
                now[at] = next;
            }
        }
        now
    }

    fn slope(&self, at: &[f64], slope: &mut [f64]) {
        let classes = self.classes;
        slope[..classes].fill(0.0);
        for (part, weight) in slope[classes..].iter_mut().zip(&at[classes..]) {
            *part = self.penalty * weight;
        }
        let scale = 1.0 / as_f64(self.rows.len());
        for (class, row) in self.rows {
            let mut sums = at[..classes].to_vec();
            for (word, value) in row {
                for (sum, weight) in sums.iter_mut().zip(&at[classes + word * classes..]) {
                    *sum += value * weight;
                }
            }
            let mut off = shares(sums);
            off[*class] -= 1.0;
            for off in &mut off {
                *off *= self.weight[*class] * scale;
            }
            for (part, off) in slope[..classes].iter_mut().zip(&off) {
                *part += off;
            }
            for (word, value) in row {
                for (part, off) in slope[classes + word * classes..].iter_mut().zip(&off) {
                    *part += value * off;
                }
            }
        }
    }
}
