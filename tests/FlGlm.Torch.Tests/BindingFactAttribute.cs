using FlGlm.Testing;
using TorchSharp;

namespace FlGlm.Torch.Tests;

/// <summary>A fact about this repository's binding, visibly skipped where TorchSharp itself is in use.</summary>
public sealed class BindingFactAttribute : FactAttribute
{
    /// <summary>Decides when the test is listed.</summary>
    /// <param name="needsShared">Whether it also needs the API files in ../shared.</param>
    public BindingFactAttribute(bool needsShared = false)
    {
        if (typeof(torch).Assembly.GetName().Name != "FlGlm.Torch") Skip = "TorchSharp itself is in use (TorchBackend=package)";
        else if (needsShared && SharedFolder.Find() is null) Skip = "needs ../shared";
    }
}
