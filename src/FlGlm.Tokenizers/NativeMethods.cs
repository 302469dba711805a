using System.Runtime.InteropServices;

namespace Microsoft.ML.Tokenizers;

/// <summary>The C ABI of src/native/sentencepiece.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "flglm_sentencepiece";

    [LibraryImport(Library, EntryPoint = "sp_error")]
    internal static partial byte* Error();

    [LibraryImport(Library, EntryPoint = "sp_open")]
    internal static partial nint Open(byte* model, long length);

    [LibraryImport(Library, EntryPoint = "sp_close")]
    internal static partial void Close(nint processor);

    [LibraryImport(Library, EntryPoint = "sp_size")]
    internal static partial int Size(ProcessorHandle processor);

    [LibraryImport(Library, EntryPoint = "sp_unk_id")]
    internal static partial int UnknownId(ProcessorHandle processor);

    [LibraryImport(Library, EntryPoint = "sp_bos_id")]
    internal static partial int BeginningOfSentenceId(ProcessorHandle processor);

    [LibraryImport(Library, EntryPoint = "sp_eos_id")]
    internal static partial int EndOfSentenceId(ProcessorHandle processor);

    [LibraryImport(Library, EntryPoint = "sp_piece")]
    internal static partial byte* Piece(ProcessorHandle processor, int id);

    [LibraryImport(Library, EntryPoint = "sp_encode")]
    internal static partial int* Encode(ProcessorHandle processor, byte* text, long bytes, out long count);

    [LibraryImport(Library, EntryPoint = "sp_decode")]
    internal static partial byte* Decode(ProcessorHandle processor, int* ids, long count, out long bytes);

    [LibraryImport(Library, EntryPoint = "sp_release")]
    internal static partial void Release(void* copy);
}
