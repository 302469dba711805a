namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Ctrl+C and kill -9 on either side, in the middle of a step that the tap holds back; a second client waits for its turn.</summary>
public sealed class StopTests : IAsyncLifetime
{
    /// <summary>Within the third step or the fourth: a step sends 2 x 16 KB, the handshake about 2.</summary>
    private const long InAStep = 100_000;

    private readonly SplitFolder _folder = new() { Clients = ["ada", "ben"] };
    private FlGlmProcess _server = null!;
    private Tap _tap = null!;
    private FlGlmProcess _ada = null!;
    private FlGlmProcess _ben = null!;

    public async Task InitializeAsync()
    {
        _server = FlGlmProcess.Start(_folder.Server());
        var address = await _server.AddressAsync();
        _tap = new Tap(address) { HoldAfter = InAStep };
        _ada = FlGlmProcess.Start(_folder.Client("ada", _tap.Address));
        await _server.LineAsync("client 1 joined: ada");
        _ben = FlGlmProcess.Start(_folder.Client("ben", address));
        await _tap.Held;
        await _ben.LineAsync("waiting for the turn: place 1 of 1");
    }

    public async Task DisposeAsync()
    {
        await _ben.DisposeAsync();
        await _ada.DisposeAsync();
        await _tap.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_client_interrupted_finishes_its_step_saves_and_leaves_the_run_to_the_others()
    {
        var before = _folder.Losses("ada").Count;
        _ada.Interrupt();
        await _ada.LineAsync("stopping after this step");
        _tap.Release();

        await _ada.ExitsWithAsync(130);
        Assert.Equal(before + 1, _folder.Losses("ada").Count);
        AssertSaved("ada");
        Assert.Empty(_ada.Error.Lines);
        await BenFinishesAsync("ada is gone: ada (127.0.0.1:");
    }

    [Fact]
    public async Task A_client_killed_in_its_turn_is_reported_and_the_others_finish()
    {
        _ada.Kill();

        await BenFinishesAsync("ada is gone: ");
    }

    [Fact]
    public async Task A_server_interrupted_finishes_the_step_in_hand_and_its_clients_save()
    {
        _server.Interrupt();
        await _server.LineAsync("stopping after this step");
        _tap.Release();

        await _server.ExitsWithAsync(130);
        await _ada.ExitsWithAsync(7);
        await _ben.ExitsWithAsync(7);
        AssertSaved("server");
        AssertSaved("ada");
        Assert.All(new[] { _ada, _ben }, client => Assert.StartsWith("flglm: The server stopped before ", Assert.Single(client.Error.Lines), StringComparison.Ordinal));
        Assert.Empty(_server.Error.Lines);
    }

    [Fact]
    public async Task A_server_killed_costs_its_clients_nothing_but_the_step()
    {
        _server.Kill();

        await _ada.ExitsWithAsync(7);
        await _ben.ExitsWithAsync(7);
        AssertSaved("ada");
        Assert.All(new[] { _ada, _ben }, client => Assert.StartsWith("flglm: ", Assert.Single(client.Error.Lines), StringComparison.Ordinal));
    }

    private async Task BenFinishesAsync(string report)
    {
        await _server.LineAsync(report);
        await _ben.ExitsWithAsync(0);
        await _server.ExitsWithAsync(0);
        Assert.Equal(6, _folder.Losses("ben").Count);
        AssertSaved("ben");
        AssertSaved("server");
        Assert.Empty(_server.Error.Lines);
    }

    private void AssertSaved(string run)
    {
        Assert.True(File.Exists(Path.Combine(_folder.Adapter(run), "adapter_model.safetensors")), $"{run} saved nothing");
        Assert.Empty(_folder.HalfWritten());
    }
}
