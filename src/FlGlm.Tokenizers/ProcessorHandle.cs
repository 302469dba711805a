using System.Runtime.InteropServices;

namespace Microsoft.ML.Tokenizers;

/// <summary>Owns one native SentencePieceProcessor.</summary>
internal sealed class ProcessorHandle : SafeHandle
{
    internal ProcessorHandle(nint processor)
        : base(0, ownsHandle: true) => SetHandle(processor);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.Close(handle);
        return true;
    }
}
