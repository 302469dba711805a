using FlGlm.Cli.Views;
using FlGlm.EndToEnd.Tests.Runs;

namespace FlGlm.EndToEnd.Tests.Views;

public sealed class LineViewTests
{
    private readonly StringWriter _output = new() { NewLine = "\n" };

    private string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void A_step_shows_loss_speed_time_left_and_where_the_time_went()
    {
        using var view = new LineView(_output, insecure: false, logEvery: 10);
        view.Show(SampleSteps.Step with { Client = "train" });
        Assert.Equal(["train  step 40/100  round 1  loss 1.7321  2000 tok/s  ETA 0:30  |  head 20%  middle 50%  tail 20%"], Lines);
    }

    [Fact]
    public void The_first_every_nth_and_the_last_step_are_shown()
    {
        using var view = new LineView(_output, insecure: false, logEvery: 4);
        foreach (var step in Enumerable.Range(1, 10))
            view.Show(SampleSteps.Step with { Step = step, Steps = 10, Client = "train" });
        Assert.Equal(["1/10", "4/10", "8/10", "10/10"], Lines.Select(l => l.Split("  ")[1].Split(' ')[1]));
    }

    [Fact]
    public void Time_left_counts_hours_where_there_are_any()
    {
        using var view = new LineView(_output, insecure: false, logEvery: 10);
        view.Show(SampleSteps.Step with { Steps = 40 + (2 * 3725), Client = "train" });
        Assert.Contains("ETA 1:02:05", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_shows_times_and_its_queue_but_no_loss()
    {
        using var view = new LineView(_output, insecure: true, logEvery: 10);
        view.Show(SampleSteps.Served);
        Assert.Equal(
            ["[insecure] client-1  step 40/100  round 1  middle 12 ms  backward 30 ms  queue 1 ms  waiting 2  2000 tok/s  ETA 0:30"],
            Lines);
    }

    [Fact]
    public void Messages_are_plain_and_warnings_say_so()
    {
        using var view = new LineView(_output, insecure: false, logEvery: 10);
        view.Message("information", "listening on 127.0.0.1:7400");
        view.Message("warning", "slow BLAS");
        Assert.Equal(["listening on 127.0.0.1:7400", "warning: slow BLAS"], Lines);
    }
}
