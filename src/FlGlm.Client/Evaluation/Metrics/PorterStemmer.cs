namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980: the published rules, or with the extensions of NLTK 3's PorterStemmer.
/// Words are in lower case.
/// </summary>
internal static class PorterStemmer
{
    // Longer endings stand before the shorter ones that they end in.
    private static readonly (string Ending, string Replacement)[] Doubled =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("alli", "al"), ("entli", "ent"),
        ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
        ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ];

    private static readonly (string Ending, string Replacement)[] Single =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] Dropped =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ];

    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky", ["skies"] = "sky", ["dying"] = "die", ["lying"] = "lie", ["tying"] = "tie", ["news"] = "news",
        ["inning"] = "inning", ["innings"] = "inning", ["outing"] = "outing", ["outings"] = "outing", ["canning"] = "canning",
        ["cannings"] = "canning", ["howe"] = "howe", ["proceed"] = "proceed", ["exceed"] = "exceed", ["succeed"] = "succeed",
    };

    public static string Stem(string word, bool nltk = false)
    {
        if (nltk && (word.Length <= 2 || Irregular.ContainsKey(word)))
            return Irregular.GetValueOrDefault(word, word);
        word = Plural(word, nltk);
        word = Participle(word, nltk);
        word = FinalY(word, nltk);
        word = DoubledEnding(word, nltk);
        word = Replace(word, Single);
        word = Drop(word);
        return FinalLetters(word, nltk);
    }

    /// <summary>Step 1a.</summary>
    private static string Plural(string word, bool nltk)
    {
        if (Ends(word, "ies"))
            return nltk && word.Length == 4 ? word[..^1] : word[..^2];
        if (Ends(word, "sses"))
            return word[..^2];
        return Ends(word, "s") && !Ends(word, "ss") ? word[..^1] : word;
    }

    /// <summary>Step 1b.</summary>
    private static string Participle(string word, bool nltk)
    {
        if (nltk && Ends(word, "ied"))
            return word.Length == 4 ? word[..^1] : word[..^2];
        if (Ends(word, "eed"))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        var stem = Ends(word, "ed") ? word[..^2] : Ends(word, "ing") ? word[..^3] : word;
        if (stem.Length == word.Length || !HasVowel(stem))
            return word;
        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
            return stem + "e";
        if (EndsInDoubleConsonant(stem))
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        return Measure(stem) == 1 && EndsShort(stem, nltk) ? stem + "e" : stem;
    }

    /// <summary>Step 1c.</summary>
    private static string FinalY(string word, bool nltk)
    {
        if (!Ends(word, "y"))
            return word;
        var stem = word[..^1];
        var changes = nltk ? stem.Length > 1 && IsConsonant(stem, stem.Length - 1) : HasVowel(stem);
        return changes ? stem + "i" : word;
    }

    /// <summary>Step 2.</summary>
    private static string DoubledEnding(string word, bool nltk)
    {
        if (!nltk)
            return Ends(word, "abli") ? Replace(word, [("abli", "able")]) : Replace(word, Doubled);
        if (Ends(word, "alli") && Measure(word[..^4]) > 0)
            return DoubledEnding(word[..^2], nltk);
        if (Ends(word, "logi"))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        return Ends(word, "bli") || Ends(word, "fulli") ? Replace(word, [("bli", "ble"), ("fulli", "ful")]) : Replace(word, Doubled);
    }

    /// <summary>Steps 2 and 3: of the first ending that fits, the replacement, where the stem before it is long enough.</summary>
    private static string Replace(string word, (string Ending, string Replacement)[] rules)
    {
        foreach (var (ending, replacement) in rules)
        {
            if (Ends(word, ending))
                return Measure(word[..^ending.Length]) > 0 ? word[..^ending.Length] + replacement : word;
        }

        return word;
    }

    /// <summary>Step 4.</summary>
    private static string Drop(string word)
    {
        var ending = Array.Find(Dropped, ending => Ends(word, ending));
        if (ending is null)
            return word;
        var stem = word[..^ending.Length];
        return Measure(stem) > 1 && (ending != "ion" || Ends(stem, "s") || Ends(stem, "t")) ? stem : word;
    }

    /// <summary>Step 5.</summary>
    private static string FinalLetters(string word, bool nltk)
    {
        if (Ends(word, "e"))
        {
            var measure = Measure(word[..^1]);
            if (measure > 1 || (measure == 1 && !EndsShort(word[..^1], nltk)))
                word = word[..^1];
        }

        return Ends(word, "ll") && Measure(word[..^1]) > 1 ? word[..^1] : word;
    }

    /// <returns>how often a vowel is followed by a consonant: Porter's m</returns>
    private static int Measure(string stem) =>
        Enumerable.Range(1, Math.Max(0, stem.Length - 1)).Count(i => IsConsonant(stem, i) && !IsConsonant(stem, i - 1));

    private static bool HasVowel(string stem) => Enumerable.Range(0, stem.Length).Any(i => !IsConsonant(stem, i));

    private static bool EndsInDoubleConsonant(string stem) => stem.Length > 1 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1);

    /// <returns>whether consonant, vowel, consonant other than w, x, y end it: Porter's *o</returns>
    private static bool EndsShort(string stem, bool nltk)
    {
        var last = stem.Length - 1;
        if (nltk && last == 1)
            return !IsConsonant(stem, 0) && IsConsonant(stem, 1);
        return last > 1 && IsConsonant(stem, last) && !IsConsonant(stem, last - 1) && IsConsonant(stem, last - 2) && stem[last] is not ('w' or 'x' or 'y');
    }

    private static bool IsConsonant(string word, int index) => word[index] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => index == 0 || !IsConsonant(word, index - 1),
        _ => true,
    };

    private static bool Ends(string word, string ending) => word.EndsWith(ending, StringComparison.Ordinal);
}
