using Xunit;

namespace FlGlm.Testing;

/// <summary>A theory that needs ../shared, and is visibly skipped without it.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute()
    {
        if (SharedFolder.Find() is null)
            Skip = "needs ../shared";
    }
}
