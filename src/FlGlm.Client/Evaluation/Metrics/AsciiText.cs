using System.Collections.Frozen;
using System.Text;

namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// Lower-case text in ASCII, as GLM's scorer of ReCoRD has it from the package unidecode: Latin letters without their marks, and the
/// quotes, dashes, ligatures, signs and digits that news texts have. A letter of another script stays, where unidecode transcribes it.
/// (.NET's own decomposition does nothing in programs that set InvariantGlobalization.)
/// </summary>
internal static class AsciiText
{
    // Each ASCII text with the characters that it replaces: Unicode's letters with marks, up to U+024F and U+1E00 to U+1EFF.
    private static readonly (string Ascii, string Characters)[] Marked =
    [
        ("a", "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"),
        ("b", "ḃḅḇ"),
        ("c", "çćĉċčḉ"),
        ("d", "ďḋḍḏḑḓ"),
        ("e", "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ"),
        ("f", "ḟ"),
        ("g", "ĝğġģǧǵḡ"),
        ("h", "ĥȟḣḥḧḩḫẖ"),
        ("i", "ìíîïĩīĭįǐȉȋḭḯỉị"),
        ("j", "ĵǰ"),
        ("k", "ķǩḱḳḵ"),
        ("l", "ĺļľḷḹḻḽ"),
        ("m", "ḿṁṃ"),
        ("n", "ñńņňǹṅṇṉṋ"),
        ("o", "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"),
        ("p", "ṕṗ"),
        ("r", "ŕŗřȑȓṙṛṝṟ"),
        ("s", "śŝşšșṡṣṥṧṩ"),
        ("t", "ţťțṫṭṯṱẗ"),
        ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"),
        ("v", "ṽṿ"),
        ("w", "ŵẁẃẅẇẉẘ"),
        ("x", "ẋẍ"),
        ("y", "ýÿŷȳẏẙỳỵỷỹ"),
        ("z", "źżžẑẓẕ"),
    ];

    private static readonly (string Ascii, string Characters)[] Others =
    [
        ("ae", "æǣǽ"),
        ("d", "ðđƌȡ"),
        ("dz", "ǆǳ"),
        ("b", "ƀƃ"),
        ("c", "ƈȼ"),
        ("f", "ƒ"),
        ("ff", "ﬀ"),
        ("ffi", "ﬃ"),
        ("ffl", "ﬄ"),
        ("fi", "ﬁ"),
        ("fl", "ﬂ"),
        ("g", "ǥ"),
        ("h", "ħ"),
        ("i", "ı"),
        ("ij", "ĳ"),
        ("j", "ȷɉ"),
        ("k", "ĸƙ"),
        ("l", "ŀłƚ"),
        ("lj", "ǉ"),
        ("n", "ƞ"),
        ("nj", "ǌ"),
        ("o", "øǿº"),
        ("oe", "œ"),
        ("ou", "ȣ"),
        ("p", "ƥ"),
        ("r", "ɍ"),
        ("s", "ſȿ"),
        ("ss", "ß"),
        ("st", "ﬅﬆ"),
        ("t", "ŧƭ"),
        ("th", "þ"),
        ("y", "ƴɏ"),
        ("z", "ƶȥ"),
        ("a", "ªẚ"),
        ("", "\u00AD\u200C\u200D\u200E\u200F\u2060\uFEFF"),
        (" ", "\u00A0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u200B\u202F\u205F\u3000"),
        ("'", "\u2018\u2019\u201B\u2032\u00B4\u02BB\u02BC"),
        ("\"", "\u201C\u201D\u201F\u00A8"), (",,", "\u201E"), ("''", "\u2033"), (",", "\u201A\u00B8"),
        ("-", "\u2010\u2011\u2012\u2013\u2212\u00AF"), ("--", "\u2014\u2015"), ("...", "\u2026"), ("<<", "\u00AB"), (">>", "\u00BB"),
        ("<", "\u2039"), (">", "\u203A"), ("*", "\u2022\u00B7"), ("!", "\u00A1\u00AC"), ("?", "\u00BF"), ("|", "\u00A6"),
        ("+", "\u2020"), ("++", "\u2021"), ("+-", "\u00B1"), ("x", "\u00D7"), ("/", "\u00F7\u2044"), ("u", "\u00B5"), ("$?", "\u00A4"),
        ("C/", "\u00A2"), ("PS", "\u00A3"), ("Y=", "\u00A5"), ("EUR", "\u20AC"), ("SS", "\u00A7"), ("P", "\u00B6"), ("deg", "\u00B0"),
        ("(c)", "\u00A9"), ("(r)", "\u00AE"), ("(tm)", "\u2122"),
        ("1", "\u00B9"), ("2", "\u00B2"), ("3", "\u00B3"), (" 1/4", "\u00BC"), (" 1/2", "\u00BD"), (" 3/4", "\u00BE"),
    ];

    private static readonly FrozenDictionary<char, string> Replacements = Marked.Concat(Others)
        .SelectMany(row => row.Characters.Select(character => (character, row.Ascii)))
        .ToFrozenDictionary(pair => pair.character, pair => pair.Ascii);

    public static string Of(string lowerCase)
    {
        var ascii = new StringBuilder(lowerCase.Length);
        foreach (var character in lowerCase)
        {
            if (character < 0x80)
                ascii.Append(character);
            else if (Replacements.TryGetValue(character, out var replacement))
                ascii.Append(replacement);
            else if (character is >= '\uFF01' and <= '\uFF5E')   // full width
                ascii.Append((char)(character - 0xFEE0));
            else if (character is < '\u0300' or > '\u036F')      // not a mark on its own
                ascii.Append(character);
        }

        return ascii.ToString();
    }
}
