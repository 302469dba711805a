using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>One loaded model of libsentencepiece. Safe to use from several threads: the native methods are const.</summary>
internal sealed unsafe class SentencePieceProcessor
{
    private readonly ProcessorHandle _handle;

    /// <summary>Loads a model.</summary>
    /// <param name="model">A serialized ModelProto.</param>
    /// <exception cref="InvalidDataException">The bytes are not a SentencePiece model.</exception>
    internal SentencePieceProcessor(ReadOnlySpan<byte> model)
    {
        fixed (byte* bytes = model)
            _handle = new ProcessorHandle(NativeMethods.Open(bytes, model.Length));
        if (_handle.IsInvalid)
            throw new InvalidDataException($"These {model.Length} bytes are not a SentencePiece model, or a damaged one.");
    }

    internal int Size => NativeMethods.Size(_handle);

    internal int UnknownId => NativeMethods.UnknownId(_handle);

    internal int BeginningOfSentenceId => NativeMethods.BeginningOfSentenceId(_handle);

    internal int EndOfSentenceId => NativeMethods.EndOfSentenceId(_handle);

    internal string Piece(int id) => Marshal.PtrToStringUTF8((nint)NativeMethods.Piece(_handle, id)) ?? throw Failed("name a piece");

    internal void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        var utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, utf8);
        fixed (byte* bytes = utf8)
        {
            var found = NativeMethods.Encode(_handle, bytes, utf8.Length, out var count);
            if (found is null)
                throw Failed("encode a text");
            ids.AddRange(new ReadOnlySpan<int>(found, checked((int)count)));
            NativeMethods.Release(found);
        }
    }

    internal string Decode(ReadOnlySpan<int> ids)
    {
        fixed (int* first = ids)
        {
            var text = NativeMethods.Decode(_handle, first, ids.Length, out var bytes);
            if (text is null)
                throw Failed("decode ids");
            var decoded = Encoding.UTF8.GetString(text, checked((int)bytes));
            NativeMethods.Release(text);
            return decoded;
        }
    }

    private static InvalidOperationException Failed(string what) => new($"SentencePiece could not {what}: {Error()}.");

    private static string Error() =>
        Marshal.PtrToStringUTF8((nint)NativeMethods.Error())!.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
