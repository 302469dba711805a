using System.Runtime.CompilerServices;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>A theory that trains a tokenizer on texts of ../shared, and is visibly skipped where it cannot.</summary>
public sealed class TrainedTokenizerTheoryAttribute : TheoryAttribute
{
    public TrainedTokenizerTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!TrainedTokenizer.CanTrain)
            Skip = "needs spm_train (package sentencepiece)";
        else if (SharedFolder.Find() is null)
            Skip = "needs ../shared";
    }
}
