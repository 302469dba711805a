using System.Net;
using System.Net.Sockets;
using FlGlm.Core.Checkpoints;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Processes;

public sealed class SeveralClientsTests : IDisposable
{
    private static readonly string[] Settings = ["training.steps=2", "training.rounds=2", "serial.handover=previous"];
    private readonly SplitFolder _folder = new() { Insecure = true, Clients = ["ada", "ben", "cleo"] };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Three_clients_of_which_one_is_early_take_turns_and_each_writes_the_whole_adapter()
    {
        var address = FreeAddress();
        await using var ada = InProcessFlGlm.Start(_folder.Client("ada", address, Settings));
        await ada.LineAsync($"no server at {address} yet");
        await using var server = InProcessFlGlm.Start(_folder.Server([.. Settings, $"server.listen={address}"]));
        await server.LineAsync("ada joined with ");
        await using var ben = InProcessFlGlm.Start(_folder.Client("ben", address, Settings));
        await using var cleo = InProcessFlGlm.Start(_folder.Client("cleo", address, Settings));

        RunningFlGlm[] clients = [ada, ben, cleo];
        foreach (var side in clients.Append(server))
            await side.ExitsWithAsync(0);

        Assert.All(clients, client => Assert.Contains("[insecure] round 2: head and tail are now the average of all clients", client.Output.Lines));
        Assert.Contains(clients.SelectMany(client => client.Output.Lines), line => line.StartsWith("[insecure] waiting for the turn: place ", StringComparison.Ordinal));
        Assert.Contains("[insecure] round 2: averaged the adapters of 3 clients", server.Output.Lines);
        Assert.All(_folder.Clients, client => Assert.Equal(4, _folder.Losses(client).Count));
        AssertAdapters();
    }

    [Theory]
    [InlineData("client_batch", "training.micro_batches=2", "client_batch.weights=targets")]
    [InlineData("client_batch", "training.accumulate=2", "client_batch.products=apart")]
    [InlineData("server_hierarchical", "training.average_weights=uniform", "training.average_moments=average")]
    public async Task Three_clients_that_work_at_the_same_time_all_write_the_same_adapter(string strategy, params string[] settings)
    {
        settings = [$"training.strategy={strategy}", "training.average_period=3", "training.steps=7", "training.batch_size=2", .. settings];
        await using var server = InProcessFlGlm.Start(_folder.Server(settings));
        var address = await server.AddressAsync();
        await using var ada = InProcessFlGlm.Start(_folder.Client("ada", address, settings));
        await using var ben = InProcessFlGlm.Start(_folder.Client("ben", address, settings));
        await using var cleo = InProcessFlGlm.Start(_folder.Client("cleo", address, settings));

        foreach (var side in new RunningFlGlm[] { ada, ben, cleo, server })
            await side.ExitsWithAsync(0);

        Assert.Contains("[insecure] round 3: averaged the adapters of 3 clients", server.Output.Lines);
        Assert.All(_folder.Clients, client => Assert.Equal(7, _folder.Losses(client).Count));
        AssertAdapters();
    }

    /// <summary>After the last average all clients hold the same head and tail; the middle is the server's.</summary>
    private void AssertAdapters()
    {
        using var scope = NewDisposeScope();
        var whole = Tensors("ada");
        var middle = Tensors("server", "middle");
        Bits.Equal(whole, Tensors("ben"), "ben's adapter");
        Bits.Equal(whole, Tensors("cleo"), "cleo's adapter");
        Assert.All(middle.Keys, name => Assert.Contains(".layers.1.", name, StringComparison.Ordinal));
        Bits.Equal(middle, whole.Where(tensor => middle.ContainsKey(tensor.Key)).ToDictionary(), "the server's part");
        Assert.Equal(3 * middle.Count, whole.Count);
    }

    private Dictionary<string, Tensor> Tensors(string run, string part = "")
    {
        using var file = new SafetensorsReader(Path.Combine(_folder.Adapter(run), part, "adapter_model.safetensors"));
        return file.Tensors.Keys.ToDictionary(name => name, file.Read);
    }

    /// <summary>An address where nobody listens yet.</summary>
    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }
}
