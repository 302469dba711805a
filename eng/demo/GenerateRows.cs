#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Generates texts from a grammar, the same texts for the same seed on every machine:
//
//     dotnet run eng/demo/GenerateRows.cs -- GRAMMAR SEED FIRST COUNT > FILE
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
    Console.Error.WriteLine("usage: dotnet run eng/demo/GenerateRows.cs -- GRAMMAR SEED FIRST COUNT");
    return 2;
}

var grammar = Grammar.Read(args[0]);
var seed = ulong.Parse(args[1], CultureInfo.InvariantCulture);
var first = int.Parse(args[2], CultureInfo.InvariantCulture);
var count = int.Parse(args[3], CultureInfo.InvariantCulture);
using var output = Console.OpenStandardOutput();
for (var row = first; row < first + count; row++)
{
    var generator = new RowGenerator(grammar, new SplitMix64(seed + ((ulong)row << 32)));
    output.Write(grammar.Has("text") ? Encoding.UTF8.GetBytes(generator.Generate("text") + "\n\n") : JsonRow(generator));
}

return 0;

static byte[] JsonRow(RowGenerator generator)
{
    using var line = new MemoryStream();
    using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
    {
        json.WriteStartObject();
        json.WriteString("prompt", generator.Generate("prompt"));
        json.WriteString("completion", generator.Generate("completion"));
        json.WriteEndObject();
    }

    line.WriteByte((byte)'\n');
    return line.ToArray();
}

/// <summary>The rules of a grammar file: the name, whether it is drawn only once per row, and the alternatives.</summary>
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

/// <summary>Generates one row; a rule marked once has the same text in the whole row.</summary>
internal sealed class RowGenerator(Grammar grammar, SplitMix64 chance)
{
    private readonly Dictionary<string, string> _drawn = [];

    /// <summary>A rule's text: every {name} replaced by its text, every '~' by a line break, "a" before a vowel by "an".</summary>
    public string Generate(string rule)
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
