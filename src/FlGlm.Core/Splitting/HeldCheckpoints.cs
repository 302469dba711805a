namespace FlGlm.Core.Splitting;

/// <summary>Checkpoints that are not removed for newer ones before this is disposed (<see cref="CheckpointWriter.HoldAsync"/>).</summary>
/// <param name="release">lets them go</param>
internal sealed class HeldCheckpoints(IReadOnlyList<string> names, Func<Task> release) : IAsyncDisposable
{
    public static readonly HeldCheckpoints None = new([], () => Task.CompletedTask);

    public IReadOnlyList<string> Names => names;

    public async ValueTask DisposeAsync() => await release().ConfigureAwait(false);
}
