using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>What of TorchSharp the product must not call.</summary>
public sealed class ForbiddenCallTests
{
    /// <summary>TorchSharp's matmul catches no error of libtorch: out of memory ends the process. bmm, mm and linear throw.</summary>
    [Theory]
    [InlineData("FlGlm.Core.dll")]
    [InlineData("FlGlm.Client.dll")]
    [InlineData("FlGlm.Server.dll")]
    [InlineData("FlGlm.Privacy.dll")]
    [InlineData("flglm.dll")]
    public void No_assembly_calls_matmul(string assembly)
    {
        var calls = Calls(assembly).ToList();

        Assert.DoesNotContain("matmul", calls);
        Assert.DoesNotContain("matmul_", calls);
        Assert.Contains(calls, call => call.Length > 0);
    }

    [Fact]
    public void The_calls_of_an_assembly_are_seen() => Assert.Contains("scaled_dot_product_attention", Calls("FlGlm.Core.dll"));

    private static List<string> Calls(string assembly)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly));
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name))];
    }
}
