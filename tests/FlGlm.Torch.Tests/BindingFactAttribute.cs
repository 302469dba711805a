using FlGlm.Testing;
using TorchSharp;

namespace FlGlm.Torch.Tests;

/// <summary>A fact about this repository's binding and the API files in ../shared, visibly skipped where either is absent.</summary>
public sealed class BindingFactAttribute : FactAttribute
{
    public BindingFactAttribute()
    {
        if (typeof(torch).Assembly.GetName().Name != "FlGlm.Torch") Skip = "TorchSharp itself is in use (TorchBackend=package)";
        else if (SharedFolder.Find() is null) Skip = "needs ../shared";
    }
}
