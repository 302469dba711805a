using FlGlm.Client.Sessions;

namespace FlGlm.Client.Tests.Sessions;

public sealed class ClientSettingsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("Zoë")]
    [InlineData("ada@example.org")]
    public void A_name_that_no_list_of_peers_could_hold_is_named_by_its_key(string name)
    {
        var problem = Assert.Single(new ClientSettings { Name = name }.Validate());

        Assert.Equal("name", problem.Key);
        Assert.Contains("1 to 64 letters, digits, dots, dashes and underscores", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_has_64_characters_at_most()
    {
        Assert.Empty(new ClientSettings { Name = new string('a', 64) }.Validate());
        Assert.NotEmpty(new ClientSettings { Name = new string('a', 65) }.Validate());
    }

    [Fact]
    public void A_frame_limit_that_no_buffer_can_hold_is_named_by_its_key() =>
        Assert.Equal("max_frame_bytes", Assert.Single(new ClientSettings { MaxFrameBytes = 1L << 31 }.Validate()).Key);
}
