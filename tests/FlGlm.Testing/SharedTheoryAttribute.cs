using System.Runtime.CompilerServices;
using Xunit;

namespace FlGlm.Testing;

/// <summary>A theory that needs ../shared, and is visibly skipped without it.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (SharedFolder.Find() is null)
            Skip = "needs ../shared";
    }
}
