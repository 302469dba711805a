using System.Globalization;
using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// What <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c> say of a tokenizer beside them (the names
/// are those of Hugging Face's transformers); nothing where they are not there.
/// </summary>
internal sealed class SpecialPieces
{
    /// <summary>The most ids that may lie between a tokenizer's own and an added one.</summary>
    private const int FarthestId = 65536;

    private static readonly string[] Roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private static readonly string[] MoreSpecialTokens = ["additional_special_tokens", "extra_special_tokens"];

    private readonly Dictionary<string, string> _roles = new(StringComparer.Ordinal);
    private readonly HashSet<string> _special = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, AddedToken> _added = [];

    private SpecialPieces()
    {
    }

    /// <summary>What stands beside a tokenizer that has no such files.</summary>
    internal static SpecialPieces None { get; } = new();

    /// <summary><c>add_bos_token</c>, which is true where <c>tokenizer_class</c> is Llama's.</summary>
    internal bool? AddsBeginning { get; private set; }

    /// <summary><c>add_eos_token</c>.</summary>
    internal bool? AddsEnd { get; private set; }

    /// <summary><c>add_prefix_space</c>.</summary>
    internal bool? AddsPrefixSpace { get; private set; }

    /// <exception cref="CheckpointException">One of the files cannot be read.</exception>
    internal static SpecialPieces Read(string directory)
    {
        var pieces = new SpecialPieces();
        pieces.ReadRoles(Path.Combine(directory, "special_tokens_map.json"));
        var config = Path.Combine(directory, "tokenizer_config.json");
        pieces.ReadRoles(config);
        pieces.ReadConfig(config);
        pieces.ReadAdded(Path.Combine(directory, "added_tokens.json"));
        return pieces;
    }

    /// <summary>The id of <c>bos_token</c>; null where no file names it or the vocabulary lacks it.</summary>
    internal int? Beginning(IReadOnlyDictionary<string, int> vocabulary) => Find("bos_token", vocabulary);

    /// <summary>The id of <c>eos_token</c>; null where no file names it or the vocabulary lacks it.</summary>
    internal int? End(IReadOnlyDictionary<string, int> vocabulary) => Find("eos_token", vocabulary);

    /// <summary>A tokenizer's own added tokens and those of the files; the vocabulary gets what is new.</summary>
    /// <exception cref="CheckpointException">A file gives a token another id than the tokenizer, or an id that another piece has.</exception>
    internal IReadOnlyList<AddedToken> Join(IReadOnlyList<AddedToken> own, Dictionary<string, int> vocabulary, string path)
    {
        var joined = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (var token in own)
            joined[token.Content] = token;
        var taken = vocabulary.Values.ToHashSet();
        var size = taken.DefaultIfEmpty(-1).Max() + 1;
        foreach (var token in _added.Values)
        {
            var isKnown = vocabulary.TryGetValue(token.Content, out var id);
            if (isKnown ? id != token.Id : !taken.Add(token.Id) || token.Id >= size + FarthestId)
            {
                throw new CheckpointException(
                    path, $"The files beside '{path}' give {token.Content} the id {token.Id}, which does not fit it: take all files from one release.");
            }

            vocabulary[token.Content] = token.Id;
            joined[token.Content] = token;
        }

        foreach (var content in _special)
        {
            if (vocabulary.TryGetValue(content, out var id))
                joined[content] = (joined.GetValueOrDefault(content) ?? new AddedToken(content, id, IsSpecial: true)) with { IsSpecial = true };
        }

        return [.. joined.Values.OrderBy(token => token.Id)];
    }

    private int? Find(string role, IReadOnlyDictionary<string, int> vocabulary) =>
        _roles.TryGetValue(role, out var content) && vocabulary.TryGetValue(content, out var id) ? id : null;

    private void ReadRoles(string path)
    {
        if (JsonFile.FindObject(path) is not { } json)
            return;
        foreach (var role in Roles)
        {
            if (json.TryGetProperty(role, out var value) && Content(value) is { } content)
            {
                _roles[role] = content;
                _special.Add(content);
            }
        }

        foreach (var field in MoreSpecialTokens)
        {
            if (json.TryGetProperty(field, out var more))
                _special.UnionWith(Elements(more).Select(Content).OfType<string>());
        }
    }

    private static IEnumerable<JsonElement> Elements(JsonElement tokens) => tokens.ValueKind switch
    {
        JsonValueKind.Array => tokens.EnumerateArray(),
        JsonValueKind.Object => tokens.EnumerateObject().Select(token => token.Value),
        _ => [],
    };

    private void ReadConfig(string path)
    {
        if (JsonFile.FindObject(path) is not { } json)
            return;
        AddsBeginning = Flag(json, "add_bos_token") ?? (JsonFile.Mentions(json, "tokenizer_class", "LlamaTokenizer") ? true : null);
        AddsEnd = Flag(json, "add_eos_token");
        AddsPrefixSpace = Flag(json, "add_prefix_space");
        if (!json.TryGetProperty("added_tokens_decoder", out var added) || added.ValueKind != JsonValueKind.Object)
            return;
        foreach (var token in added.EnumerateObject())
        {
            if (!int.TryParse(token.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || Content(token.Value) is not { } content)
                throw new CheckpointException(path, $"'{path}', field 'added_tokens_decoder': {token.Name} names no token; an id, and its content.");
            _added[id] = Token(content, id, token.Value);
        }
    }

    private void ReadAdded(string path)
    {
        var json = JsonFile.FindObject(path);
        foreach (var token in json?.EnumerateObject().ToArray() ?? [])
        {
            if (token.Name.Length == 0 || token.Value.ValueKind != JsonValueKind.Number || !token.Value.TryGetInt32(out var id) || id < 0)
                throw new CheckpointException(path, $"'{path}': {token.Name} has no id; 0 or more.");
            _added.TryAdd(id, new AddedToken(token.Name, id, IsSpecial: false));
        }
    }

    /// <summary>A token as Hugging Face writes it, its flags beside its content.</summary>
    internal static AddedToken Token(string content, int id, JsonElement token) => new(content, id, Flag(token, "special") == true)
    {
        SingleWord = Flag(token, "single_word") == true,
        TakesLeft = Flag(token, "lstrip") == true,
        TakesRight = Flag(token, "rstrip") == true,
    };

    /// <summary>A token's text, which stands alone or in an object.</summary>
    private static string? Content(JsonElement token)
    {
        if (token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content))
            token = content;
        return token.ValueKind == JsonValueKind.String && token.GetString() is { Length: > 0 } text ? text : null;
    }

    private static bool? Flag(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;
}
