using Xunit;

namespace FlGlm.Testing;

/// <summary>A fact that needs ../shared, and is visibly skipped without it.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (SharedFolder.Find() is null)
            Skip = "needs ../shared";
    }
}
