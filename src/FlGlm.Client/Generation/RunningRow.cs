using System.Runtime.InteropServices;
using FlGlm.Client.Data;

namespace FlGlm.Client.Generation;

/// <summary>One prompt and its incomplete answer.</summary>
/// <param name="index">the prompt, counted from 0 in this call</param>
/// <param name="limit">tokens of the longest answer</param>
/// <param name="random">the generator of this row</param>
/// <param name="stops">finds stop strings; null = there are none</param>
internal sealed class RunningRow(int index, int[] prompt, int limit, SplitMix64 random, StopText? stops = null)
{
    private readonly List<int> _ids = [.. prompt];

    public int Index { get; } = index;

    public SplitMix64 Random { get; } = random;

    public int PromptLength => prompt.Length;

    /// <summary>Prompt and answer so far.</summary>
    public ReadOnlySpan<int> Ids => CollectionsMarshal.AsSpan(_ids);

    /// <summary>Null until the row has ended.</summary>
    public GeneratedRow? Answer { get; private set; }

    public void Stop(int stopId) => Answer = new GeneratedRow(_ids[prompt.Length..], FinishReason.Stop, stopId);

    public void Append(int token)
    {
        _ids.Add(token);
        if (stops?.Add(token) == true)
            Answer = new GeneratedRow(_ids[prompt.Length..], FinishReason.Stop, StopId: null);
        else if (_ids.Count - prompt.Length == limit)
            Answer = new GeneratedRow(_ids[prompt.Length..], FinishReason.Length, StopId: null);
    }
}
