namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Ctrl+C on either side, and kill -9, in the middle of the third answer.</summary>
public sealed class BrokenAnswerTests : IAsyncDisposable
{
    /// <summary>Bytes until the third of three answers of 20 tokens, the hashes of the weights among them: a token's hidden state of 128 bytes takes about 210 bytes on the wire.</summary>
    private const long InTheThird = 13_700;

    private readonly SplitFolder _folder = new() { Insecure = true };
    private readonly Stack<IAsyncDisposable> _running = new();

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var running))
            await running.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_interrupted_client_keeps_the_answers_it_has_and_leaves_the_server_to_others()
    {
        var server = Running(InProcessFlGlm.Start(Server()));
        var ada = await HeldAsync(await server.AddressAsync(), FlGlmProcess.Start);
        ada.Interrupt();

        await ada.ExitsWithAsync(130);
        await AssertTwoAnswersAsync(ada);
        await using var ben = InProcessFlGlm.Start(_folder.Generate("ben", await server.AddressAsync(), ["-p", "x"]));
        await ben.ExitsWithAsync(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_stops_leaves_its_client_every_written_answer(bool kindly)
    {
        var server = Running(FlGlmProcess.Start(Server()));
        var ada = await HeldAsync(await server.AddressAsync(), InProcessFlGlm.Start);
        if (kindly)
            server.Interrupt();
        else
            server.Kill();

        await ada.ExitsWithAsync(7);
        await AssertTwoAnswersAsync(ada);
        Assert.Equal(kindly, server.Output.Lines.Any(line => line.EndsWith("stopping: no client is answered any more; Ctrl+C again ends at once", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Output.Lines, line => line.Contains("after this step", StringComparison.Ordinal));
        Assert.Single(ada.Error.Lines, line => line.Contains("\"event\":\"error\",\"kind\":\"network\"", StringComparison.Ordinal));
    }

    private string[] Server() => _folder.Server("server.generate_only=true");

    private async Task<T> HeldAsync<T>(string server, Func<IEnumerable<string>, T> start)
        where T : RunningFlGlm
    {
        var proxy = Running(new RecordingProxy(server) { HoldAfter = InTheThird });
        string[] options = ["-p", "a", "-p", "b", "-p", "c", "--json", "--out", _folder.At("answers.jsonl")];
        var ada = Running(start(_folder.Generate(
            "ada", proxy.Address, options, "generation.batch_size=1", "generation.max_new_tokens=20", "generation.min_new_tokens=20")));
        await proxy.Held;
        return ada;
    }

    private async Task AssertTwoAnswersAsync(RunningFlGlm ada)
    {
        Assert.Equal(2, ada.Output.Lines.Count);
        Assert.Equal(ada.Output.Lines, await File.ReadAllLinesAsync(_folder.At("answers.jsonl")));
    }

    private T Running<T>(T started)
        where T : IAsyncDisposable
    {
        _running.Push(started);
        return started;
    }
}
