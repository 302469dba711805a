using FlGlm.Server.Hosting;

namespace FlGlm.Server.Tests.Hosting;

public sealed class PrivacyTests
{
    [Fact]
    public void The_server_cannot_name_what_belongs_to_a_client()
    {
        var references = typeof(SplitServer).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name).ToList();

        Assert.Contains("FlGlm.Core", references);
        Assert.DoesNotContain("FlGlm.Client", references);
        Assert.DoesNotContain("FlGlm.Tokenizers", references);
    }
}
