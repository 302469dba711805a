using System.Text;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using Google.Protobuf;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// What a SentencePiece <c>.model</c> holds. Field numbers and defaults are those of <c>sentencepiece_model.proto</c>.
/// </summary>
internal sealed class SentencePieceModel
{
    private const int Unigram = 1;
    private const int BytePair = 2;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<Piece> _pieces = [];
    private int _modelType = Unigram;
    private bool _hasTrainer;
    private string _beginning = "<s>";
    private string _end = "</s>";

    private SentencePieceModel()
    {
    }

    /// <summary>By id.</summary>
    internal IReadOnlyList<Piece> Pieces => _pieces;

    internal bool IsUnigram => _modelType == Unigram;

    internal bool ByteFallback { get; private set; }

    internal bool BlankAsSuffix { get; private set; }

    internal bool AddDummyPrefix { get; private set; } = true;

    internal bool RemoveExtraBlanks { get; private set; } = true;

    internal bool EscapeBlanks { get; private set; } = true;

    /// <summary>The rules of a normalizer such as nmt_nfkc; empty where the text stays as it is.</summary>
    internal byte[] Charsmap { get; private set; } = [];

    internal int UnknownId { get; private set; }

    /// <summary>The beginning mark; null where the model has none.</summary>
    internal int? BeginningId => Control(_beginning);

    /// <summary>The end mark; null where the model has none.</summary>
    internal int? EndId => Control(_end);

    /// <exception cref="CheckpointException">The file cannot be read, or is no such model, or one of words or characters.</exception>
    internal static SentencePieceModel Read(string path)
    {
        try
        {
            var model = new SentencePieceModel();
            model.Read(LfsPointer.ReadFile(path));
            return model._modelType is Unigram or BytePair ? model : throw new CheckpointException(
                path, $"'{path}' is a SentencePiece model of type {(model._modelType == 3 ? "word" : "char")}; bpe and unigram are known.");
        }
        catch (Exception error) when (error is (IOException and not InvalidProtocolBufferException) or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read: {error.Message}", inner: error);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException or DecoderFallbackException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read as a SentencePiece model; fetch it anew.", inner: error);
        }
    }

    private void Read(byte[] bytes)
    {
        ReadFields(new CodedInputStream(bytes), (field, input) =>
        {
            if (field == 1)
                ReadPiece(Message(input));
            else if (field == 2)
                ReadTrainer(Message(input));
            else if (field == 3)
                ReadNormalizer(Message(input));
            return field is >= 1 and <= 3;
        });
        var unknown = _pieces.FindIndex(piece => piece.Kind == PieceKind.Unknown);
        if (!_hasTrainer || unknown < 0 || _pieces.DistinctBy(piece => piece.Text).Count() != _pieces.Count)
            throw new InvalidDataException("no trainer_spec, no unknown piece or a piece twice");
        UnknownId = unknown;
    }

    private void ReadPiece(CodedInputStream message)
    {
        var (text, score, kind) = ("", 0f, PieceKind.Normal);
        ReadFields(message, (field, input) =>
        {
            if (field == 1)
                text = Text(input);
            else if (field == 2)
                score = input.ReadFloat();
            else if (field == 3)
                kind = (PieceKind)input.ReadEnum();
            return field is >= 1 and <= 3;
        });
        if (text.Length == 0 || !Enum.IsDefined(kind) || !float.IsFinite(score))
            throw new InvalidDataException("an empty piece, or one of an unknown kind");
        _pieces.Add(new Piece(text, score, kind));
    }

    private void ReadTrainer(CodedInputStream message)
    {
        _hasTrainer = true;
        ReadFields(message, (field, input) =>
        {
            if (field == 3)
                _modelType = input.ReadEnum();
            else if (field == 24)
                BlankAsSuffix = input.ReadBool();
            else if (field == 35)
                ByteFallback = input.ReadBool();
            else if (field == 46)
                _beginning = Text(input);
            else if (field == 47)
                _end = Text(input);
            return field is 3 or 24 or 35 or 46 or 47;
        });
    }

    private void ReadNormalizer(CodedInputStream message) => ReadFields(message, (field, input) =>
    {
        if (field == 2)
            Charsmap = input.ReadBytes().ToByteArray();
        else if (field == 3)
            AddDummyPrefix = input.ReadBool();
        else if (field == 4)
            RemoveExtraBlanks = input.ReadBool();
        else if (field == 5)
            EscapeBlanks = input.ReadBool();
        return field is >= 2 and <= 5;
    });

    private int? Control(string text) =>
        _pieces.FindIndex(piece => piece.Kind == PieceKind.Control && piece.Text == text) is >= 0 and var id ? id : null;

    /// <summary>Reads a message to its end; a field that <paramref name="read"/> does not take is skipped.</summary>
    private static void ReadFields(CodedInputStream message, Func<int, CodedInputStream, bool> read)
    {
        while (message.ReadTag() is not 0 and var tag)
        {
            if (!read(WireFormat.GetTagFieldNumber(tag), message))
                message.SkipLastField();
        }
    }

    private static CodedInputStream Message(CodedInputStream input) => new(input.ReadBytes().ToByteArray());

    private static string Text(CodedInputStream input) => Utf8.GetString(input.ReadBytes().Span);
}
