namespace FlGlm.Client.Training;

/// <summary>The requests whose replies have not come, in the order in which they were sent.</summary>
internal sealed class PendingRequests
{
    private readonly Lock _gate = new();
    private readonly List<PendingRequest> _requests = [];

    /// <summary>The newest pass that was requested.</summary>
    public long LastPass { get; set; }

    public IReadOnlyList<PendingRequest> All
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    /// <summary>Whether a reply is due.</summary>
    public bool HasAny
    {
        get
        {
            lock (_gate)
                return _requests.Exists(request => !request.IsSilent);
        }
    }

    /// <summary>Up to this pass every reply has come.</summary>
    public long LastReply
    {
        get
        {
            lock (_gate)
                return _requests.Where(request => !request.IsSilent).Select(request => request.Pass - 1).DefaultIfEmpty(LastPass).Min();
        }
    }

    public void Add(PendingRequest request)
    {
        lock (_gate)
            _requests.Add(request);
    }

    /// <summary>The oldest request of a pass has its reply, and those before it that get none have come too.</summary>
    public void End(long pass)
    {
        lock (_gate)
        {
            var index = _requests.FindIndex(request => request.Pass == pass && !request.IsSilent);
            if (index < 0)
                return;
            _requests[index].Release();
            _requests.RemoveAt(index);
            for (var before = index - 1; before >= 0; before--)
            {
                if (_requests[before].IsSilent)
                    _requests.RemoveAt(before);
            }
        }
    }

    /// <summary>It was not sent.</summary>
    public void Forget(PendingRequest request)
    {
        lock (_gate)
        {
            if (_requests.Remove(request))
                request.Release();
        }
    }

    /// <summary>Passes are counted from 1 again.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var request in _requests)
                request.Release();
            _requests.Clear();
            LastPass = 0;
        }
    }
}
