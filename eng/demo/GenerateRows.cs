#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Tells texts from a grammar, the same ones for the same seed everywhere:
//
//     dotnet run eng/demo/Tell.cs -- GRAMMAR SEED FIRST COUNT > FILE
//
// writes rows FIRST .. FIRST + COUNT - 1. A grammar with a rule `text` gives plain text, a paragraph a row; one with the
// rules `prompt` and `completion` gives JSONL. eng/demo/stories.grammar explains the notation.

using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

if (args.Length != 4)
{
    Console.Error.WriteLine("usage: dotnet run eng/demo/Tell.cs -- GRAMMAR SEED FIRST COUNT");
    return 2;
}

var grammar = Grammar.Read(args[0]);
var seed = ulong.Parse(args[1], CultureInfo.InvariantCulture);
var first = int.Parse(args[2], CultureInfo.InvariantCulture);
var count = int.Parse(args[3], CultureInfo.InvariantCulture);
using var output = Console.OpenStandardOutput();
for (var row = first; row < first + count; row++)
{
    var teller = new Teller(grammar, new SplitMix64(seed + ((ulong)row << 32)));
    output.Write(grammar.Has("text") ? Encoding.UTF8.GetBytes(teller.Tell("text") + "\n\n") : JsonRow(teller));
}

return 0;

static byte[] JsonRow(Teller teller)
{
    using var line = new MemoryStream();
    using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
    {
        json.WriteStartObject();
        json.WriteString("prompt", teller.Tell("prompt"));
        json.WriteString("completion", teller.Tell("completion"));
        json.WriteEndObject();
    }

    line.WriteByte((byte)'\n');
    return line.ToArray();
}

/// <summary>The rules of a grammar file: a name, whether it is drawn once a row, and its alternatives.</summary>
internal sealed class Grammar
{
    private readonly Dictionary<string, (bool Once, string[] Alternatives)> _rules = [];

    public bool Has(string name) => _rules.ContainsKey(name);

    public (bool Once, string[] Alternatives) this[string name] =>
        _rules.TryGetValue(name, out var rule) ? rule : throw new InvalidDataException($"The grammar has no rule '{name}'.");

    public static Grammar Read(string path)
    {
        var grammar = new Grammar();
        var lines = File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#');
        var joined = string.Join('\n', lines).Replace("\n ", " ", StringComparison.Ordinal);
        foreach (var rule in joined.Split('\n'))
        {
            var (left, right) = rule.Split('=', 2) is [var l, var r] ? (l.Trim(), r) : throw new InvalidDataException($"No rule: '{rule}'.");
            var once = left.StartsWith("once ", StringComparison.Ordinal);
            grammar._rules[once ? left[5..] : left] = (once, right.Split('|', StringSplitOptions.TrimEntries));
        }

        return grammar;
    }
}

/// <summary>Tells one row: what is drawn once stays the same in all of it.</summary>
internal sealed class Teller(Grammar grammar, SplitMix64 chance)
{
    private readonly Dictionary<string, string> _drawn = [];

    /// <summary>A rule's text: every {name} told in turn, a line break for every '~', "a" before a vowel mended.</summary>
    public string Tell(string rule)
    {
        var text = Expand(Draw(rule)).Replace('~', '\n');
        return Regex.Replace(text, @"\b([Aa]) (?=[aeiou])", "$1n ");
    }

    private string Expand(string text) => Regex.Replace(text, @"\{(\^?)(\w+)(?:\.(\d))?\}", Name);

    private string Name(Match match)
    {
        var word = Draw(match.Groups[2].Value);
        var field = match.Groups[3].Success ? match.Groups[3].Value[0] - '0' : 0;
        word = Expand(word.Split('/')[field]);
        return match.Groups[1].Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];
    }

    private string Draw(string rule)
    {
        if (_drawn.TryGetValue(rule, out var word))
            return word;
        var (once, alternatives) = grammar[rule];
        word = alternatives[chance.Below(alternatives.Length)];
        if (once)
            _drawn[rule] = word = Expand(word);
        return word;
    }
}

/// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers on every machine.</summary>
internal sealed class SplitMix64(ulong state)
{
    private ulong _state = state;

    public int Below(int limit)
    {
        _state += 0x9E3779B97F4A7C15;
        var z = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)limit);
    }
}
