using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

public sealed class ConfigKeysTests
{
    [Fact]
    public void Keys_are_listed_with_their_sections() =>
        Assert.Equal(
            ["model.path", "peft.method", "peft.lora.rank", "peft.lora.alpha", "peft.lora.dropout", "peft.lora.targets"],
            ConfigKeys.Of(typeof(SampleSettings)).Take(6));
}
