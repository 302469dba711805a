using FlGlm.Cli;
using FlGlm.Cli.Privacy;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Settings;

namespace FlGlm.EndToEnd.Tests.Privacy;

public sealed class PrivacyGridTests
{
    [Fact]
    public void Each_depth_has_a_run_without_a_defence_and_one_for_each_strength()
    {
        var cells = PrivacyGrid.Cells(Config("clip and noise", "privacy.hidden.clip=40 privacy.hidden.noise=0.5", "privacy.hidden.clip=40  peft.lora.layers=[1, 2]") with
        {
            Privacy = new PrivacySettings { Delta = 1e-6, Hidden = new HiddenDefenceSettings { Clip = 3 } },
        });

        Assert.Equal(
            ["head0", "head0-clip-and-noise-1", "head0-clip-and-noise-2", "head2", "head2-clip-and-noise-1", "head2-clip-and-noise-2"], cells.Select(cell => cell.Name));
        Assert.All(cells, cell => Assert.Equal((cell.Name[..5], cell.Head), (cell.Reference, cell.Config.Split.Head)));
        Assert.Equal(new PrivacySettings(), cells[0].Config.Privacy);
        Assert.Equal((40, 0.5), (cells[1].Config.Privacy.Hidden.Clip, cells[1].Config.Privacy.Hidden.Noise));
        Assert.Equal((40, 0), (cells[5].Config.Privacy.Hidden.Clip, cells[5].Config.Privacy.Hidden.Noise));
        Assert.Equal([1, 2], cells[5].Config.Peft.Lora.Layers!);
    }

    [Theory]
    [InlineData("privacy_report.defences: 'privacy.hiden.noise=1' of 'noise': privacy.hiden: unknown key; did you mean 'hidden'?", "noise", "privacy.hiden.noise=1")]
    [InlineData("privacy_report.defences: 'privacy.hidden.noise=1' of 'noise': privacy.hidden.clip: noise is in units of the clip, which is 0; set the norm that rows are clipped to.", "noise", "privacy.hidden.noise=1")]
    [InlineData("privacy_report.defences: 'noise' of 'noise': an override reads section.key=value.", "noise", "noise")]
    public void A_strength_that_is_no_setting_is_refused_in_one_line(string message, string name, string strength) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => PrivacyGrid.Cells(Config(name, strength) with { PrivacyReport = Config(name, strength).PrivacyReport with { Heads = [1] } })).Message);

    private static FlGlmConfig Config(string name, params string[] strengths) => new()
    {
        PrivacyReport = new PrivacyReportSettings { Heads = [0, 2], Defences = new Dictionary<string, IReadOnlyList<string>> { [name] = strengths } },
    };
}
