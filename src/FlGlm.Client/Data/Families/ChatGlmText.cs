using System.Globalization;
using System.Text.RegularExpressions;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Families;

/// <summary>ChatGLM-6B: prompt [gMASK] sop answer eop, of which sop is learnt too.</summary>
internal sealed partial class ChatGlmText : TextFamily
{
    private const int LongestBlank = 80;

    /// <summary>Pieces that are marks and no text. A text may spell out some of them, see <see cref="SpecialStrings"/>.</summary>
    private static readonly string[] Specials =
        ["<unk>", "<pad>", "[MASK]", "[gMASK]", "[sMASK]", "<unused_0>", "<sop>", "<eop>", "<ENC>", "<dBLOCK>"];

    private readonly TextPieces _pieces;
    private readonly int _imageTokens;
    private readonly bool _parsesSpecialTokens;
    private readonly Dictionary<string, int> _specials;

    private ChatGlmText(TextPieces pieces, int imageTokens, ModelIds ids, bool parsesSpecialTokens)
    {
        (_pieces, _imageTokens, _parsesSpecialTokens) = (pieces, imageTokens, parsesSpecialTokens);
        var vocabulary = pieces.Vocabulary;
        VocabularySize = pieces.PieceCount!.Value + imageTokens;  // it knows [MASK], so it knows its pieces
        _specials = Specials.Where(vocabulary.ContainsKey).ToDictionary(name => name, name => vocabulary[name] + imageTokens);
        int[] ends = ids.Eos.Count > 0 ? [.. ids.Eos] : [_specials["<eop>"]];
        StopIds = [.. ends.Union(ids.MoreStops)];
        Form = new SequenceForm(Opening: [], [_specials["[gMASK]"], _specials["<sop>"]], LearntMarks: 1, Closing: [ends[0]]);
        MaskForm = new SequenceForm(Opening: [], [_specials["<sop>"]], LearntMarks: 0, Closing: [ends[0]]);
    }

    internal override string Name => "ChatGLM-6B";

    internal override int VocabularySize { get; }

    internal override SequenceForm Form { get; }

    /// <summary>As in GLM, only answer and end are learnt.</summary>
    internal override SequenceForm MaskForm { get; }

    internal override IReadOnlyList<int> StopIds { get; }

    /// <summary>Image tokens that <c>tokenizer_config.json</c> does not count are those between [MASK]'s piece and its id.</summary>
    /// <exception cref="CheckpointException">The marks of <paramref name="path"/> are not the model's.</exception>
    internal static ChatGlmText Create(string path, TextPieces pieces, ModelIds ids, TokenizerConfig config, bool parsesSpecialTokens)
    {
        var marks = ids.Marks!;
        var imageTokens = config.ImageTokens ?? Math.Max(0, marks.Mask - Piece("[MASK]"));
        foreach (var (name, id) in new[] { ("[MASK]", marks.Mask), ("[gMASK]", marks.GMask), ("<sop>", marks.Start), ("<eop>", End(ids)) })
        {
            var given = Piece(name) + imageTokens;
            if (id is { } expected && given != expected)
            {
                throw Wrong(
                    $"gives {name} the id {given} (num_image_tokens {imageTokens}), config.json {expected}: "
                    + "take all three files from one release, tokenizer_config.json too.");
            }
        }

        return new ChatGlmText(pieces, imageTokens, ids, parsesSpecialTokens);

        int Piece(string name) => pieces.Vocabulary.TryGetValue(name, out var piece)
            ? piece
            : throw Wrong(
                $"has no piece {name}: it is no ChatGLM-6B's tokenizer, or too old a one. Copy the model's present ice_text.model there.");

        CheckpointException Wrong(string what) => new(path, $"'{path}' {what}");
    }

    internal override IEnumerable<string> SpecialTokensIn(string text) =>
        _parsesSpecialTokens ? SpecialStrings().Matches(text).Select(special => special.Value).Where(_specials.ContainsKey) : [];

    /// <summary>Special strings stand for their ids, unless they are text; what lies between them is encoded apart, without the blanks beside them.</summary>
    internal override IReadOnlyList<int> Encode(string text)
    {
        var ids = new List<int>();
        var start = 0;
        foreach (Match special in SpecialStrings().Matches(text))
        {
            if (!_parsesSpecialTokens || !_specials.TryGetValue(special.Value, out var id))
                continue;
            AddIds(Between(text, start, special.Index), ids);
            ids.Add(id);
            start = special.Index + special.Length;
        }
        AddIds(Between(text, start, text.Length), ids);
        return ids;
    }

    /// <summary>As if the text spelled the mask: what lies beside it is encoded apart, without its blanks.</summary>
    internal override IReadOnlyList<int> EncodeMasked(IReadOnlyList<string?> texts)
    {
        var ids = new List<int>();
        var text = "";
        var start = 0;
        foreach (var part in texts)
        {
            text += part;
            if (part is not null)
                continue;
            ids.AddRange(Encode(start == 0 ? text.TrimEnd() : text.Trim()));
            ids.Add(_specials["[MASK]"]);
            (text, start) = ("", ids.Count);
        }

        ids.AddRange(Encode(start == 0 ? text : text.TrimStart()));
        return ids;
    }

    internal override string Decode(IEnumerable<int> ids)
    {
        var text = _pieces.Decode(ids.Where(id => !_specials.ContainsValue(id)).Select(id => id - _imageTokens))
            .Replace("<n>", "\n", StringComparison.Ordinal)
            .Replace("<|tab|>", "\t", StringComparison.Ordinal);
        return Blanks().Replace(text, Spaces);

        static string Spaces(Match blank) =>
            int.Parse(blank.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is >= 2 and <= LongestBlank and var count
                ? new string(' ', count)
                : blank.Value;
    }

    internal override string CleanAnswer(string answer) => ChatGlmAnswer.Widen(ChatGlmAnswer.Clean(ChatGlmAnswer.Tighten(answer)));

    internal override int SettledLength(string answer) => ChatGlmAnswer.SettledOfAll(answer);

    private protected override IReadOnlyList<EncodedTurn> EncodeChat(Dialogue dialogue, string? answer)
    {
        var prompt = dialogue.System.Length == 0 ? "" : dialogue.System + "\n";
        prompt += string.Concat(dialogue.History.Select((round, number) => $"[Round {number}]\n问：{round.Question}\n答：{round.Answer}\n"));
        prompt += dialogue.History.Count == 0 ? dialogue.Prompt : $"[Round {dialogue.History.Count}]\n问：{dialogue.Prompt}\n答：";
        return [new EncodedTurn(Encode(prompt), answer is null ? [] : Encode(answer))];
    }

    private static int? End(ModelIds ids) => ids.Eos.Count > 0 ? ids.Eos[0] : null;

    private static string Between(string text, int start, int end)
    {
        var part = text[start..end];
        part = start > 0 ? part.TrimStart() : part;
        return end < text.Length ? part.TrimEnd() : part;
    }

    private void AddIds(string text, List<int> ids)
    {
        text = text.Replace("\n", "<n>", StringComparison.Ordinal).Replace("\t", "<|tab|>", StringComparison.Ordinal);
        ids.AddRange(_pieces.Ids(LongBlanks().Replace(text, blanks => $"<|blank_{blanks.Length}|>")).Select(id => id + _imageTokens));
    }

    /// <summary>The marks that a text may spell out: those that Hugging Face splits a text at. The others stay text there.</summary>
    [GeneratedRegex(@"\[MASK\]|<(unk|pad|sop|eop)>")]
    private static partial Regex SpecialStrings();

    [GeneratedRegex(" {2,80}")]
    private static partial Regex LongBlanks();

    [GeneratedRegex(@"<\|blank_([0-9]{1,2})\|>")]
    private static partial Regex Blanks();
}
